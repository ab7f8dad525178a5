// Two choices about OpenBLAS, made once before main().
//
// 1. Kernels. OpenBLAS 0.3.21 takes a processor that it does not know for a Prescott, whose kernels are two to five
//    times slower. Its kernel table can be chosen again by two exported functions; OPENBLAS_CORETYPE, when the user
//    has set it, wins.
// 2. Threads. A product split over another number of threads may round differently. Tessera splits its work in pieces
//    of fixed size and runs the pieces in parallel, so BLAS itself stays on one thread and the same input gives the
//    same bytes on any machine load and for any --threads.
#include "COpenBLAS.h"
#include <stdlib.h>
#include <string.h>

extern void gotoblas_dynamic_quit(void) __attribute__((weak));
extern void gotoblas_dynamic_init(void) __attribute__((weak));

static const char *better_core(void) {
#if defined(__x86_64__)
  if (strcmp(openblas_get_corename(), "Prescott") != 0) return NULL;
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    return "SKYLAKEX";
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return "HASWELL";
#endif
  return NULL;
}

__attribute__((constructor)) static void choose_kernels(void) {
  if (gotoblas_dynamic_quit && gotoblas_dynamic_init && !getenv("OPENBLAS_CORETYPE")) {
    const char *core = better_core();
    if (core) {
      setenv("OPENBLAS_CORETYPE", core, 1);
      gotoblas_dynamic_quit();
      gotoblas_dynamic_init();
      unsetenv("OPENBLAS_CORETYPE");
    }
  }
  openblas_set_num_threads(1);
}
