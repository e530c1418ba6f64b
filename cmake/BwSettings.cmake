# Compiler settings shared by every target.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

find_program(BW_CCACHE ccache)
if(BW_CCACHE)
  # Without this sloppiness ccache passes over every file that uses a precompiled header.
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CMAKE_COMMAND};-E;env;CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime;${BW_CCACHE}")
endif()

add_library(bw_settings INTERFACE)
# Contraction would let each instruction set round differently; fma is written by name (style T9).
target_compile_options(bw_settings INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor -ffp-contract=off
                       -fno-math-errno)
if(BW_WARNINGS_AS_ERRORS)
  target_compile_options(bw_settings INTERFACE -Werror)
endif()
if(BW_SANITIZE)
  target_compile_options(bw_settings INTERFACE -fsanitize=${BW_SANITIZE} -fno-omit-frame-pointer
                         -fno-sanitize-recover=all -g1)
  # GCC 12 sees uninitialized members in libstdc++'s <regex> when it instruments them; the release build keeps the warning
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(bw_settings INTERFACE -Wno-error=maybe-uninitialized)
  endif()
  target_link_options(bw_settings INTERFACE -fsanitize=${BW_SANITIZE})
endif()
