#pragma once
#include <tiffio.h>

// libtiff's accessors are variadic, which Swift does not import. A getter must be given the tag's own width.
static inline int tessera_tiff_set_u32(TIFF *t, uint32_t tag, uint32_t v) { return TIFFSetField(t, tag, v); }
static inline int tessera_tiff_get_u16(TIFF *t, uint32_t tag, uint16_t *v) { return TIFFGetFieldDefaulted(t, tag, v); }
static inline int tessera_tiff_get_u32(TIFF *t, uint32_t tag, uint32_t *v) { return TIFFGetField(t, tag, v); }
static inline int tessera_tiff_get_float(TIFF *t, uint32_t tag, float *v) { return TIFFGetField(t, tag, v); }
static inline int tessera_tiff_get_string(TIFF *t, uint32_t tag, const char **v) { return TIFFGetField(t, tag, v); }

static inline void tessera_tiff_quiet(void) {
  TIFFSetErrorHandler(0);
  TIFFSetWarningHandler(0);
}
