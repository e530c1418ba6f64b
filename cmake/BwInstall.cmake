# `cmake --install` puts program, libraries, headers and data where find_package(beamwright) finds them.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
get_property(rooms GLOBAL PROPERTY BW_ALL_ROOMS)
foreach(room IN LISTS rooms)
  install(TARGETS bw_${room} EXPORT beamwrightTargets ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
endforeach()
install(DIRECTORY src/ DESTINATION include/beamwright FILES_MATCHING PATTERN "*.hpp")
install(DIRECTORY data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/beamwright)
if(TARGET beamwright)
  install(TARGETS beamwright RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endif()
set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/beamwright)
install(EXPORT beamwrightTargets NAMESPACE beamwright:: DESTINATION ${config_dir})
configure_package_config_file(cmake/beamwrightConfig.cmake.in beamwrightConfig.cmake
                              INSTALL_DESTINATION ${config_dir})
write_basic_package_version_file(beamwrightConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/beamwrightConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/beamwrightConfigVersion.cmake DESTINATION ${config_dir})
