#include "CPNG.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The error handler copies libpng's words into the caller's message and jumps back into the function below.
static void fail(png_structp png, png_const_charp words) {
  char *message = png_get_error_ptr(png);
  snprintf(message, 128, "%s", words);
  png_longjmp(png, 1);
}

static void ignore(png_structp png, png_const_charp words) {
  (void)png;
  (void)words;
}

int tessera_png_read(const char *path, tessera_png_info *info, tessera_png_sink sink, void *context, char message[128]) {
  // Volatile: they change between setjmp and longjmp.
  png_structp volatile png = NULL;
  png_infop volatile header = NULL;
  uint8_t *volatile buffer = NULL;
  png_bytep *volatile rows = NULL;
  volatile int status = 1;

  FILE *file = fopen(path, "rb");
  if (!file) {
    snprintf(message, 128, "%s", strerror(errno));
    return 1;
  }
  png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  header = png ? png_create_info_struct(png) : NULL;
  if (!header) {
    snprintf(message, 128, "no memory");
    goto done;
  }
  if (setjmp(png_jmpbuf(png))) goto done;

  png_init_io(png, file);
  png_set_user_limits(png, 1u << 30, 1u << 30);
  png_set_chunk_malloc_max(png, 1u << 26);
#ifdef PNG_SET_UNKNOWN_CHUNKS_SUPPORTED
  // Texts, profiles and the like may unpack to very much and change no pixel: libpng passes over them.
  static const png_byte skipped[] = "zTXt\0iTXt\0tEXt\0iCCP\0sPLT\0eXIf\0hIST";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, skipped, sizeof skipped / 5);
#endif
  png_read_info(png, header);
  if (png_get_bit_depth(png, header) < 8 || png_get_color_type(png, header) == PNG_COLOR_TYPE_PALETTE) png_set_expand(png);
  if (png_get_bit_depth(png, header) == 16) png_set_swap(png);
  int passes = png_set_interlace_handling(png);
  png_read_update_info(png, header);
  info->width = png_get_image_width(png, header);
  info->height = png_get_image_height(png, header);
  info->bits = png_get_bit_depth(png, header);
  info->channels = png_get_channels(png, header);
  if (!sink) {
    status = 0;
    goto done;
  }

  size_t count = png_get_rowbytes(png, header);
  size_t held = passes > 1 ? info->height : 1;
  buffer = calloc(held, count);
  if (!buffer) {
    snprintf(message, 128, "no memory for %zu bytes", held * count);
    goto done;
  }
  if (passes > 1) {
    rows = malloc(held * sizeof *rows);
    if (!rows) png_error(png, "no memory");
    for (size_t y = 0; y < held; ++y) rows[y] = buffer + y * count;
    png_read_image(png, rows);
  }
  for (size_t y = 0; y < info->height; ++y) {
    if (passes == 1) png_read_row(png, buffer, NULL);
    if (sink(context, buffer + (passes > 1 ? y * count : 0), count)) {
      snprintf(message, 128, "reading was stopped");
      goto done;
    }
  }
  status = 0;

done:
  free(rows);
  free(buffer);
  if (png) png_destroy_read_struct((png_structpp)&png, (png_infopp)&header, NULL);
  fclose(file);
  return status;
}

int tessera_png_write(const char *path, uint32_t width, uint32_t height, int bits, int channels, const void *pixels,
                      int text_count, const char *const *keys, const char *const *texts, char message[128]) {
  png_structp volatile png = NULL;
  png_infop volatile header = NULL;
  volatile int status = 1;

  FILE *file = fopen(path, "wb");
  if (!file) {
    snprintf(message, 128, "%s", strerror(errno));
    return 1;
  }
  png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore);
  header = png ? png_create_info_struct(png) : NULL;
  if (!header) {
    snprintf(message, 128, "no memory");
    goto done;
  }
  if (setjmp(png_jmpbuf(png))) goto done;

  png_init_io(png, file);
  png_set_user_limits(png, 1u << 30, 1u << 30);
  png_set_IHDR(png, header, width, height, bits, channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_GRAY,
               PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  for (int i = 0; i < text_count; ++i) {
    png_text text = {.compression = PNG_TEXT_COMPRESSION_NONE, .key = (char *)keys[i], .text = (char *)texts[i]};
    png_set_text(png, header, &text, 1);
  }
  png_write_info(png, header);
  if (bits == 16) png_set_swap(png);
  size_t count = (size_t)width * channels * (bits / 8);
  for (size_t y = 0; y < height; ++y) png_write_row(png, (png_const_bytep)pixels + y * count);
  png_write_end(png, header);
  status = 0;

done:
  if (png) png_destroy_write_struct((png_structpp)&png, (png_infopp)&header);
  if (fclose(file) && !status) {
    snprintf(message, 128, "%s", strerror(errno));
    status = 1;
  }
  return status;
}
