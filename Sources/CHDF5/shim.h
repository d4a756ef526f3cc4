#pragma once

// From 1.12 on, H5Literate, H5Lget_info, H5Oget_info and others are macros for one of several
// versions. The 1.10 meaning is asked for; older headers do not know this name and ignore it.
#define H5_USE_110_API 1

#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
// Debian's place, when pkg-config is not installed.
#include <hdf5/serial/hdf5.h>
#endif
#include <string.h>

// Constants that are C expressions with a call inside (they open the library first): Swift does
// not import such macros, and rejects the mutable globals behind them.
#define CHDF5_IDENTIFIER(name, value)                                                             \
  static inline hid_t chdf5_##name(void) { return value; }

CHDF5_IDENTIFIER(type_int8, H5T_STD_I8LE)
CHDF5_IDENTIFIER(type_int16, H5T_STD_I16LE)
CHDF5_IDENTIFIER(type_int32, H5T_STD_I32LE)
CHDF5_IDENTIFIER(type_int64, H5T_STD_I64LE)
CHDF5_IDENTIFIER(type_uint8, H5T_STD_U8LE)
CHDF5_IDENTIFIER(type_uint16, H5T_STD_U16LE)
CHDF5_IDENTIFIER(type_uint32, H5T_STD_U32LE)
CHDF5_IDENTIFIER(type_uint64, H5T_STD_U64LE)
CHDF5_IDENTIFIER(type_float32, H5T_IEEE_F32LE)
CHDF5_IDENTIFIER(type_float64, H5T_IEEE_F64LE)
CHDF5_IDENTIFIER(type_string, H5T_C_S1)
CHDF5_IDENTIFIER(type_opaque, H5T_NATIVE_OPAQUE)
CHDF5_IDENTIFIER(class_file_creation, H5P_FILE_CREATE)
CHDF5_IDENTIFIER(class_file_access, H5P_FILE_ACCESS)
CHDF5_IDENTIFIER(class_group_creation, H5P_GROUP_CREATE)
CHDF5_IDENTIFIER(class_dataset_creation, H5P_DATASET_CREATE)
CHDF5_IDENTIFIER(class_link_creation, H5P_LINK_CREATE)
CHDF5_IDENTIFIER(error_io, H5E_IO)
CHDF5_IDENTIFIER(error_read, H5E_READERROR)
CHDF5_IDENTIFIER(error_write, H5E_WRITEERROR)
CHDF5_IDENTIFIER(error_not_hdf5, H5E_NOTHDF5)
CHDF5_IDENTIFIER(error_truncated, H5E_TRUNCATED)
CHDF5_IDENTIFIER(error_exists, H5E_EXISTS)

// Macros with a cast or a call inside, which Swift does not import either.
static inline unsigned chdf5_access_read_only(void) { return H5F_ACC_RDONLY; }
static inline unsigned chdf5_access_truncate(void) { return H5F_ACC_TRUNC; }
static inline unsigned chdf5_open_objects_of_this_file(void) {
  return H5F_OBJ_GROUP | H5F_OBJ_DATASET | H5F_OBJ_DATATYPE | H5F_OBJ_ATTR | H5F_OBJ_LOCAL;
}

/// What a link is, without the union and the versioned structures of HDF5.
typedef struct {
  int kind;             // an H5L_type_t
  size_t value_length;  // bytes of a soft or external link's target
} chdf5_link;

// A versioned function: see above.
static inline herr_t chdf5_get_link(hid_t group, const char *name, chdf5_link *link) {
  H5L_info_t info;
  herr_t status = H5Lget_info(group, name, &info, H5P_DEFAULT);
  if (status < 0) return status;
  link->kind = (int)info.type;
  link->value_length = info.type == H5L_TYPE_HARD ? 0 : info.u.val_size;
  return status;
}

/// What a hard link leads to.
typedef struct {
  int kind;  // an H5O_type_t
  unsigned long long address;
} chdf5_object;

// A versioned function: see above. Asked for the basic facts only, it does not sum up the storage of
// what it finds, which libhdf5 1.10 crashes on in damaged files.
static inline herr_t chdf5_get_object(hid_t group, const char *name, chdf5_object *object) {
  H5O_info_t info;
  memset(&info, 0, sizeof info);
  herr_t status = H5Oget_info_by_name2(group, name, &info, H5O_INFO_BASIC, H5P_DEFAULT);
  if (status < 0) return status;
  object->kind = (int)info.type;
  object->address = (unsigned long long)info.addr;
  return status;
}

/// Called with each name; returns 0 to go on.
typedef int (*chdf5_name_visitor)(const char *name, void *context);

typedef struct {
  chdf5_name_visitor visit;
  void *context;
} chdf5_visit;

static inline herr_t chdf5_visit_link(
    hid_t group, const char *name, const H5L_info_t *info, void *context) {
  (void)group;
  (void)info;
  const chdf5_visit *visit = (const chdf5_visit *)context;
  return visit->visit(name, visit->context);
}

// The type of H5Literate's callback is versioned: see above.
static inline herr_t chdf5_each_link(hid_t group, chdf5_name_visitor visit, void *context) {
  chdf5_visit both = {visit, context};
  return H5Literate(group, H5_INDEX_NAME, H5_ITER_INC, NULL, chdf5_visit_link, &both);
}

// A versioned function from 2.0 on.
static inline herr_t chdf5_read_chunk(
    hid_t dataset, const hsize_t *offset, uint32_t *filter_mask, void *bytes) {
  return H5Dread_chunk(dataset, H5P_DEFAULT, offset, filter_mask, bytes);
}

// What a file stores for a string of variable length: 4 bytes of length, an address, an index.
// libhdf5 offers no way to ask for it; so a conversion to opaque bytes is registered that leaves
// the 16 bytes of a file with 8-byte addresses as they are.
static inline herr_t chdf5_keep_reference(
    hid_t source, hid_t target, H5T_cdata_t *data, size_t count, size_t stride,
    size_t background_stride, void *bytes, void *background, hid_t transfer) {
  (void)count, (void)stride, (void)background_stride;
  (void)bytes, (void)background, (void)transfer;
  if (data->command != H5T_CONV_INIT) return 0;
  data->need_bkg = H5T_BKG_NO;
  return H5Tis_variable_str(source) > 0 && H5Tget_size(source) == H5Tget_size(target) ? 0 : -1;
}

static inline hid_t chdf5_create_reference_type(void) { return H5Tcreate(H5T_OPAQUE, 16); }

static inline herr_t chdf5_register_reference(hid_t reference) {
  hid_t string = H5Tcopy(H5T_C_S1);
  if (string < 0) return -1;
  herr_t status = H5Tset_size(string, H5T_VARIABLE);
  if (status >= 0) {
    status =
        H5Tregister(H5T_PERS_SOFT, "string reference", string, reference, chdf5_keep_reference);
  }
  H5Tclose(string);
  return status;
}
