#include "CJPEG.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

struct handler {
  struct jpeg_error_mgr manager;  // first, so that libjpeg's pointer is a pointer to this
  jmp_buf exit;
  char *message;
};

static void fail(j_common_ptr codec) {
  struct handler *handler = (struct handler *)codec->err;
  char words[JMSG_LENGTH_MAX];
  codec->err->format_message(codec, words);
  snprintf(handler->message, 256, "%s", words);
  longjmp(handler->exit, 1);
}

static void ignore(j_common_ptr codec) { (void)codec; }

// A progressive file may hold very many scans of a large image: each costs time, so their number is limited. Encoders
// write about ten.
static void limit_scans(j_common_ptr codec) {
  if (codec->is_decompressor && ((j_decompress_ptr)codec)->input_scan_number > 64) {
    struct handler *handler = (struct handler *)codec->err;
    snprintf(handler->message, 256, "more than 64 scans");
    longjmp(handler->exit, 1);
  }
}

int tessera_jpeg_read(const char *path, tessera_jpeg_info *info, tessera_jpeg_sink sink, void *context,
                      char message[256]) {
  struct jpeg_decompress_struct codec;
  struct handler handler;
  struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
  uint8_t *volatile row = NULL;
  volatile int status = 1;

  FILE *file = fopen(path, "rb");
  if (!file) {
    snprintf(message, 256, "%s", strerror(errno));
    return 1;
  }
  codec.err = jpeg_std_error(&handler.manager);
  handler.manager.error_exit = fail;
  handler.manager.output_message = ignore;
  handler.message = message;
  if (setjmp(handler.exit)) goto done;

  jpeg_create_decompress(&codec);
  codec.progress = &progress;
  codec.mem->max_memory_to_use = 1L << 30;
  jpeg_stdio_src(&codec, file);
  jpeg_read_header(&codec, TRUE);
  if (codec.num_components == 4) {
    snprintf(message, 256, "four-colour (CMYK) images are not read");
    goto done;
  }
  codec.out_color_space = codec.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
  info->width = codec.image_width;
  info->height = codec.image_height;
  info->channels = codec.num_components == 1 ? 1 : 3;
  if (!sink) {
    status = 0;
    goto done;
  }

  jpeg_start_decompress(&codec);
  size_t count = (size_t)codec.output_width * codec.output_components;
  row = malloc(count);
  if (!row) {
    snprintf(message, 256, "no memory");
    goto done;
  }
  while (codec.output_scanline < codec.output_height) {
    JSAMPROW line = row;
    jpeg_read_scanlines(&codec, &line, 1);
    if (sink(context, row, count)) {
      snprintf(message, 256, "reading was stopped");
      goto done;
    }
  }
  info->warnings = (int)codec.err->num_warnings;
  status = 0;

done:
  free(row);
  jpeg_destroy_decompress(&codec);
  fclose(file);
  return status;
}
