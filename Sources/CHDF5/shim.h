#pragma once
#include <hdf5.h>

// What Swift does not import: macros that hide calls, and functions whose name depends on the library's version.

/// Keeps the library from printing its errors; counts for the calling thread. Comes before any other call.
///
/// It also keeps the library from closing files when the program exits: it crashes there if a disk was full. Whatever is
/// opened is closed where it was opened.
static inline void tessera_h5_quiet(void) {
  H5dont_atexit();
  H5Eset_auto2(H5E_DEFAULT, 0, 0);
}

/// Access without locks on the file: file systems of clusters often refuse them, and a program that is being started
/// at the same moment would hold them longer than the file is open. Close it with H5Pclose.
static inline hid_t tessera_h5_access(void) {
  hid_t access = H5Pcreate(H5P_FILE_ACCESS);
  H5Pset_file_locking(access, 0, 1);
  return access;
}

static inline hid_t tessera_h5_open(const char *path) {
  hid_t access = tessera_h5_access();
  hid_t file = H5Fopen(path, H5F_ACC_RDONLY, access);
  H5Pclose(access);
  return file;
}

/// Makes a file that version 1.8 and later can read, without times in it, so that equal contents are equal bytes.
static inline hid_t tessera_h5_create(const char *path) {
  hid_t access = tessera_h5_access();
  hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, access);
  H5Pclose(access);
  return file;
}

static inline hid_t tessera_h5_dataset_settings(void) {
  hid_t settings = H5Pcreate(H5P_DATASET_CREATE);
  H5Pset_obj_track_times(settings, 0);
  return settings;
}

/// The class of settings with which datasets are opened.
static inline hid_t tessera_h5_dataset_access(void) { return H5P_DATASET_ACCESS; }

static inline hid_t tessera_h5_float32(void) { return H5T_IEEE_F32LE; }
static inline hid_t tessera_h5_float64(void) { return H5T_IEEE_F64LE; }
static inline hid_t tessera_h5_int64(void) { return H5T_STD_I64LE; }
static inline hid_t tessera_h5_int32(void) { return H5T_STD_I32LE; }
static inline hid_t tessera_h5_uint32(void) { return H5T_STD_U32LE; }
static inline hid_t tessera_h5_uint16(void) { return H5T_STD_U16LE; }
static inline hid_t tessera_h5_native_double(void) { return H5T_NATIVE_DOUBLE; }
static inline hid_t tessera_h5_native_int64(void) { return H5T_NATIVE_LLONG; }

/// A variable-length UTF-8 text; close it with H5Tclose.
static inline hid_t tessera_h5_text(void) {
  hid_t type = H5Tcopy(H5T_C_S1);
  H5Tset_size(type, H5T_VARIABLE);
  H5Tset_cset(type, H5T_CSET_UTF8);
  return type;
}

/// NumPy's truth value: an enumeration of FALSE and TRUE; close it with H5Tclose.
static inline hid_t tessera_h5_truth(void) {
  hid_t type = H5Tenum_create(H5T_STD_I8LE);
  signed char no = 0, yes = 1;
  H5Tenum_insert(type, "FALSE", &no);
  H5Tenum_insert(type, "TRUE", &yes);
  return type;
}

/// What is told of the members of an object, one by one; anything but 0 ends the telling.
typedef int (*tessera_h5_member)(const char *name, int is_hard, void *context);

struct tessera_h5_visit {
  tessera_h5_member body;
  void *context;
};

static inline herr_t tessera_h5_visit_link(hid_t group, const char *name, const H5L_info_t *info, void *visit) {
  (void)group;
  struct tessera_h5_visit *told = (struct tessera_h5_visit *)visit;
  return told->body(name, info->type == H5L_TYPE_HARD, told->context);
}

static inline herr_t tessera_h5_visit_attribute(hid_t object, const char *name, const H5A_info_t *info, void *visit) {
  (void)object, (void)info;
  struct tessera_h5_visit *told = (struct tessera_h5_visit *)visit;
  return told->body(name, 1, told->context);
}

/// Tells the links of a group in the order of their names, in one pass; `is_hard` means that a link leads to an object of
/// the same file, and not elsewhere. Negative if the group is damaged.
static inline int tessera_h5_links(hid_t group, tessera_h5_member body, void *context) {
  struct tessera_h5_visit visit = {body, context};
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, tessera_h5_visit_link, &visit);
}

/// Tells the names of an object's attributes in their order, in one pass. Negative if the object is damaged.
static inline int tessera_h5_attributes(hid_t object, tessera_h5_member body, void *context) {
  struct tessera_h5_visit visit = {body, context};
  hsize_t first = 0;
  return H5Aiterate(object, H5_INDEX_NAME, H5_ITER_INC, &first, tessera_h5_visit_attribute, &visit);
}

/// Copies the name of the file that an external link leads to; 1 if there is one.
static inline int tessera_h5_external_file(hid_t group, const char *name, char *buffer, size_t size) {
  H5L_info_t info;
  char value[4096];
  const char *file, *object;
  unsigned flags;
  if (H5Lget_info(group, name, &info, H5P_DEFAULT) < 0 || info.type != H5L_TYPE_EXTERNAL || size == 0) return 0;
  if (info.u.val_size > sizeof value || H5Lget_val(group, name, value, sizeof value, H5P_DEFAULT) < 0) return 0;
  if (H5Lunpack_elink_val(value, info.u.val_size, &flags, &file, &object) < 0) return 0;
  for (size_t i = 0; i < size; ++i) {
    buffer[i] = file[i];
    if (file[i] == 0) return 1;
  }
  return 0;
}

/// The address of an object, by which two links to it are known as one.
static inline unsigned long long tessera_h5_address(hid_t object) {
  H5O_info_t info;
  return H5Oget_info(object, &info) >= 0 ? (unsigned long long)info.addr : 0;
}
