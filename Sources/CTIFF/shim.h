#pragma once
#include <tiffio.h>

// libtiff's accessors are variadic, which Swift does not import. A getter must be given the tag's own width.
static inline int tessera_tiff_set_u32(TIFF *t, uint32_t tag, uint32_t v) { return TIFFSetField(t, tag, v); }
static inline int tessera_tiff_get_u16(TIFF *t, uint32_t tag, uint16_t *v) { return TIFFGetFieldDefaulted(t, tag, v); }
static inline int tessera_tiff_get_u32(TIFF *t, uint32_t tag, uint32_t *v) { return TIFFGetField(t, tag, v); }
static inline int tessera_tiff_get_float(TIFF *t, uint32_t tag, float *v) { return TIFFGetField(t, tag, v); }
static inline int tessera_tiff_get_string(TIFF *t, uint32_t tag, const char **v) { return TIFFGetField(t, tag, v); }

// Opens a file for reading through callbacks. No single piece of memory that it asks for is larger than `limit`, where
// libtiff (4.5 and later) can be told so.
static inline TIFF *tessera_tiff_open(const char *name, thandle_t context, TIFFReadWriteProc read, TIFFReadWriteProc write,
                                      TIFFSeekProc seek, TIFFCloseProc close, TIFFSizeProc size, tmsize_t limit) {
#if TIFFLIB_VERSION >= 20221213
  TIFFOpenOptions *options = TIFFOpenOptionsAlloc();
  if (!options) return 0;
  TIFFOpenOptionsSetMaxSingleMemAlloc(options, limit);
  TIFF *file = TIFFClientOpenExt(name, "rm", context, read, write, seek, close, size, 0, 0, options);
  TIFFOpenOptionsFree(options);
  return file;
#else
  (void)limit;
  return TIFFClientOpen(name, "rm", context, read, write, seek, close, size, 0, 0);
#endif
}

static inline void tessera_tiff_quiet(void) {
  TIFFSetErrorHandler(0);
  TIFFSetWarningHandler(0);
}
