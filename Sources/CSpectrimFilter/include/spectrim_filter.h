#pragma once
#include <stddef.h>

/// HDF5's registered number of the zstd filter; its one parameter is the compression level.
#define SPECTRIM_ZSTD_FILTER 32015

/// HDF5's registered number of the bit-shuffle filter, of which the part is here that puts zstd
/// behind the shuffle and has elements of one byte.
///
/// Its parameters: two of the version, bytes of an element, elements of a block (0: 8192), the
/// coder (3: zstd), and the coder's level.
#define SPECTRIM_BITSHUFFLE_FILTER 32008

/// The number of parameters of the bit-shuffle filter, and which of them is what.
enum {
  SPECTRIM_BITSHUFFLE_ELEMENT_SIZE = 2,
  SPECTRIM_BITSHUFFLE_BLOCK_SIZE = 3,
  SPECTRIM_BITSHUFFLE_CODER = 4,
  SPECTRIM_BITSHUFFLE_LEVEL = 5,
  SPECTRIM_BITSHUFFLE_PARAMETER_COUNT = 6,
};

/// The coder behind the shuffle that is zstd.
#define SPECTRIM_BITSHUFFLE_ZSTD 3

/// Registers the zstd filter with libhdf5 in this process; negative if that fails.
int spectrim_zstd_filter_register(void);

/// Registers the bit-shuffle filter with libhdf5 in this process; negative if that fails.
int spectrim_bitshuffle_filter_register(void);

/// How many bytes both filters may decode a chunk to in this thread, until it is set again.
///
/// libhdf5 does not tell a filter how large a chunk should become, and some versions read beyond a
/// chunk that became too small; whoever reads knows.
void spectrim_filter_set_limits(size_t least, size_t most);

/// The most bytes that `spectrim_bitshuffle_encode` may write.
size_t spectrim_bitshuffle_bound(size_t byteCount, size_t blockByteCount);

/// Writes a chunk as the bit-shuffle filter stores it: the length in 8 bytes and the length of a
/// block in 4, both big-endian; then for each block the length of its frame in 4 bytes and the
/// frame; then the last bytes, fewer than 8, as they are.
///
/// `blockByteCount` is a multiple of 8 above 0. The result is the count of bytes written, 0 if
/// memory ran out or `capacity` is below the bound.
size_t spectrim_bitshuffle_encode(
    const unsigned char *input, size_t byteCount, size_t blockByteCount, int level,
    unsigned char *output, size_t capacity);
