#pragma once
#include <stddef.h>
#include <stdint.h>

// libjpeg leaves a failed call by longjmp, which must not cross Swift: all of it stays inside codec.c.

/// What a JPEG file holds.
typedef struct {
  uint32_t width, height;
  int channels;  // 1 grey, 3 RGB
  int warnings;  // damaged places that libjpeg has filled in
} tessera_jpeg_info;

/// Takes consecutive rows of 8-bit samples; a value other than 0 stops the reading.
typedef int (*tessera_jpeg_sink)(void *context, const uint8_t *bytes, size_t count);

/// Reads the header, then gives all rows to `sink` (unless it is NULL). Returns 0, or 1 with a sentence in `message`.
int tessera_jpeg_read(const char *path, tessera_jpeg_info *info, tessera_jpeg_sink sink, void *context,
                      char message[256]);
