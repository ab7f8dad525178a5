#pragma once
#include <stddef.h>

/// A file of the page that `tessera gui` serves: Sources/CPage/page, by its path below that folder, as it was when the program was compiled.
typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t count;
} tessera_page_file;

/// The number of files, and the one at a place from 0 on.
size_t tessera_page_file_count(void);
tessera_page_file tessera_page_file_at(size_t index);
