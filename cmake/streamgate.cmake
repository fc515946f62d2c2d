# How a folder becomes a library, a test and a fuzz target: sg_library(<name> <folder> DEPS ...).
#
# Files are found by role (STYLE.md §2): *_test.cc is a unit test, *_fuzz.cc a fuzz target,
# *_bench.cc a benchmark, every other *.cc belongs to the library. Adding a file needs no edit here.

find_package(OpenSSL 3 REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(date REQUIRED)
find_package(CLI11 REQUIRED)
find_package(GTest REQUIRED)
find_package(benchmark REQUIRED)
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(CURL REQUIRED libcurl)  # Opened when first used, never linked: src/late.
pkg_check_modules(SQLITE REQUIRED IMPORTED_TARGET sqlite3)
pkg_check_modules(LIBPQ REQUIRED libpq)    # The same.
pkg_check_modules(HIREDIS REQUIRED hiredis)  # The same; its reader alone.

add_library(sg_flags INTERFACE)
target_compile_options(sg_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-qual -Wunused
  -Woverloaded-virtual -Wimplicit-fallthrough
  -Wno-missing-designated-field-initializers -Wno-gnu-zero-variadic-macro-arguments -Werror
  -fno-omit-frame-pointer -fstack-protector-strong)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(sg_flags INTERFACE -march=x86-64-v2)
endif()
target_include_directories(sg_flags INTERFACE "${CMAKE_SOURCE_DIR}/src")
target_link_libraries(sg_flags INTERFACE fmt::fmt Threads::Threads)
target_link_options(sg_flags INTERFACE -fuse-ld=lld-19)
if(SG_SANITIZE)
  target_compile_options(sg_flags INTERFACE -fsanitize=${SG_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(sg_flags INTERFACE -fsanitize=${SG_SANITIZE})
endif()
if(SG_FUZZ)
  # The code under test needs coverage counters; only the targets themselves get the fuzzer's main.
  target_compile_options(sg_flags INTERFACE -fsanitize=fuzzer-no-link)
  target_link_options(sg_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} ${CCACHE})
endif()

# What a request passes through is optimised as a whole, in release builds of the program alone: the
# rest, and every test, links as plainly as it compiles. The cache makes a second link quick.
set(SG_DATA_PLANE sg_base sg_telemetry sg_directive sg_runtime sg_http sg_gateway)
if(NOT SG_SANITIZE AND NOT SG_FUZZ)
  set(whole -flto=thin -Wl,--fat-lto-objects -Wl,--lto-O3 -Wl,--thinlto-jobs=all
    -Wl,--thinlto-cache-dir=${CMAKE_BINARY_DIR}/lto)
  set(SG_LTO_COMPILE "$<$<CONFIG:Release>:-flto=thin;-ffat-lto-objects>")
  set(SG_LTO_LINK "$<$<CONFIG:Release>:${whole}>")
endif()

function(sg_library name folder)
  cmake_parse_arguments(arg "" "" "DEPS;EXCLUDE" ${ARGN})
  file(GLOB_RECURSE all CONFIGURE_DEPENDS "${folder}/*.cc")
  foreach(path IN LISTS arg_EXCLUDE)
    list(FILTER all EXCLUDE REGEX "${folder}/${path}/")
  endforeach()
  set(tests ${all})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  set(fuzzers ${all})
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cc$")
  set(benches ${all})
  list(FILTER benches INCLUDE REGEX "_bench\\.cc$")
  set(sources ${all})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cc$")

  if(sources)
    add_library(${name} STATIC ${sources})
    target_link_libraries(${name} PUBLIC sg_flags ${arg_DEPS})
    target_precompile_headers(${name} PRIVATE
      <algorithm> <chrono> <cstdint> <expected> <memory> <optional> <string> <string_view> <vector>
      <fmt/format.h>)
    target_compile_options(${name} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
  else()
    add_library(${name} INTERFACE)
    target_link_libraries(${name} INTERFACE sg_flags ${arg_DEPS})
  endif()
  if(sources AND name IN_LIST SG_DATA_PLANE)
    # Machine code for the tests, and what the program needs for linking as a whole.
    target_compile_options(${name} PRIVATE "${SG_LTO_COMPILE}")
  endif()
  if(tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} GTest::gtest GTest::gmock GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE SG_SOURCE_DIR="${CMAKE_SOURCE_DIR}")
    add_test(NAME ${name} COMMAND ${name}_test)
    set_tests_properties(${name} PROPERTIES LABELS unit)
  endif()
  if(SG_FUZZ)
    foreach(file IN LISTS fuzzers)
      get_filename_component(target ${file} NAME_WE)
      add_executable(${target} ${file})
      target_link_libraries(${target} PRIVATE ${name})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      set_property(GLOBAL APPEND PROPERTY SG_FUZZ_TARGETS ${target})
    endforeach()
  endif()
  if(SG_BENCH AND benches)
    add_executable(${name}_bench ${benches})
    target_link_libraries(${name}_bench PRIVATE ${name} benchmark::benchmark
      benchmark::benchmark_main)
  endif()
endfunction()
