#pragma once
#include <stddef.h>
#include <stdint.h>

// libpng leaves a failed call by longjmp, which must not cross Swift: all of it stays inside codec.c.

/// What a PNG file holds after palettes and low bit depths are expanded.
typedef struct {
  uint32_t width, height;
  int bits;         // 8 or 16, each sample
  int channels;     // 1 grey, 2 grey and opacity, 3 RGB, 4 RGB and opacity
} tessera_png_info;

/// Takes consecutive rows (16-bit samples little-endian); a value other than 0 stops the reading.
typedef int (*tessera_png_sink)(void *context, const uint8_t *bytes, size_t count);

/// Reads the header, then gives all rows to `sink` (unless it is NULL). Returns 0, or 1 with a sentence in `message`.
/// An interlaced image is held in memory as a whole; others a row at a time.
int tessera_png_read(const char *path, tessera_png_info *info, tessera_png_sink sink, void *context, char message[128]);

/// Writes rows of `channels` (1 or 3) samples of `bits` (8 or 16, native order), with texts `keys[i]` = `texts[i]`.
/// Returns 0, or 1 with a sentence in `message`.
int tessera_png_write(const char *path, uint32_t width, uint32_t height, int bits, int channels, const void *pixels,
                      int text_count, const char *const *keys, const char *const *texts, char message[128]);
