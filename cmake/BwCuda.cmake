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

# The code takes nvcc more than a minute, so it is built by itself only where there is a device, too
set(device_here OFF)
if(BW_NVCC AND EXISTS /dev/nvidiactl AND NOT BW_SANITIZE)
  set(device_here ON)
endif()
option(BW_CUDA "Build the CUDA device of the transport room (needs nvcc)" ${device_here})
set(BW_CUDA_ARCHITECTURES 80 90 CACHE STRING "Compute capabilities with machine code; PTX of the last serves newer devices")

set(BW_NVCC_LAUNCHER "")
if(BW_CCACHE)
  set(BW_NVCC_LAUNCHER ${BW_CCACHE})
endif()
# Without contraction, as everywhere: the bits are those of the scalar build.
set(BW_NVCC_WORDS -std=c++20 -O3 --fmad=false -DBW_TARGET=cuda -I${PROJECT_SOURCE_DIR}/src --expt-relaxed-constexpr
    -Werror cross-execution-space-call -Xcompiler -fPIC,-ffp-contract=off)
foreach(architecture IN LISTS BW_CUDA_ARCHITECTURES)
  list(APPEND BW_NVCC_WORDS -gencode arch=compute_${architecture},code=sm_${architecture})
endforeach()
list(GET BW_CUDA_ARCHITECTURES -1 newest)
list(APPEND BW_NVCC_WORDS -gencode arch=compute_${newest},code=compute_${newest})

# bw_cuda_object(bw_transport cuda/cuda_device.cu): one file that only nvcc understands becomes part of a room.
function(bw_cuda_object target file)
  if(NOT BW_NVCC)
    message(FATAL_ERROR "BW_CUDA needs nvcc: install the CUDA toolkit, or configure with -DBW_CUDA=OFF")
  endif()
  set(source ${CMAKE_CURRENT_SOURCE_DIR}/${file})
  set(object ${CMAKE_CURRENT_BINARY_DIR}/${file}.o)
  get_filename_component(folder ${object} DIRECTORY)
  file(MAKE_DIRECTORY ${folder})
  add_custom_command(
    OUTPUT ${object}
    COMMAND ${BW_NVCC_LAUNCHER} ${BW_NVCC} ${BW_NVCC_WORDS} -MD -MF ${object}.d -MT ${object} -c ${source} -o ${object}
    DEPENDS ${source} DEPFILE ${object}.d COMMENT "Building CUDA object ${file} (a minute)" VERBATIM)
  set_source_files_properties(${object} PROPERTIES EXTERNAL_OBJECT ON GENERATED ON)
  target_sources(${target} PRIVATE ${object})
  get_filename_component(toolkit ${BW_NVCC} REALPATH)
  get_filename_component(toolkit ${toolkit} DIRECTORY)
  find_library(BW_CUDART cudart_static HINTS ${toolkit}/../lib64 ${toolkit}/../targets/x86_64-linux/lib REQUIRED)
  target_link_libraries(${target} PRIVATE ${BW_CUDART} ${CMAKE_DL_LIBS} rt)
endfunction()
