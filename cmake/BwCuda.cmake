# Where nvcc is installed: `cuda_headers` compiles every kernel-safe header for the device. Nothing is launched yet.
find_program(BW_NVCC nvcc PATHS /usr/local/cuda/bin)
if(BW_NVCC)
  file(GLOB_RECURSE kernel_headers RELATIVE "${PROJECT_SOURCE_DIR}/src" CONFIGURE_DEPENDS
       src/lanes/*.hpp src/physics/*.hpp src/transport/step/*.hpp src/geometry/walk/*.hpp src/machine/source/*.hpp
       src/*_view.hpp)
  list(FILTER kernel_headers EXCLUDE REGEX "^lanes/highway/")
  list(REMOVE_DUPLICATES kernel_headers)
  set(text "// Every kernel-safe header, for the device.\n")
  foreach(header IN LISTS kernel_headers)
    string(APPEND text "#include \"${header}\"\n")
  endforeach()
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/cuda_headers.cu" CONTENT "${text}" @ONLY)
  set(BW_CUDA_HEADERS_COMMAND
      ${BW_NVCC} -std=c++20 --fmad=false -DBW_TARGET=cuda -I${PROJECT_SOURCE_DIR}/src -Werror cross-execution-space-call
      -c ${PROJECT_BINARY_DIR}/cuda_headers.cu -o ${PROJECT_BINARY_DIR}/cuda_headers.o)
  add_custom_target(cuda_headers COMMAND ${BW_CUDA_HEADERS_COMMAND} VERBATIM)
endif()
