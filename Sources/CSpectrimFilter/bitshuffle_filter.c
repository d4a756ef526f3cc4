#include "decoded_size.h"
#include "spectrim_filter.h"

#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#include <hdf5/serial/hdf5.h>
#endif
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zstd.h>

/// Bytes of the length of a chunk and of a block, and of that of a frame.
enum { HEADER_SIZE = 12, FRAME_HEADER_SIZE = 4, DEFAULT_BLOCK_SIZE = 8192 };

static uint64_t big_endian(const unsigned char *bytes, size_t count) {
  uint64_t value = 0;
  for (size_t i = 0; i < count; i++) value = value << 8 | bytes[i];
  return value;
}

static void set_big_endian(unsigned char *bytes, size_t count, uint64_t value) {
  for (size_t i = count; i > 0; i--, value >>= 8) bytes[i - 1] = (unsigned char)value;
}

/// Eight bytes as rows of bits: the first byte is the lowest.
static uint64_t load(const unsigned char *bytes) {
  uint64_t value = 0;
  for (int i = 0; i < 8; i++) value |= (uint64_t)bytes[i] << (8 * i);
  return value;
}

/// Swaps rows and columns of 8 × 8 bits: first single bits, then squares of 2 and of 4.
static uint64_t transposed(uint64_t x) {
  uint64_t swap = (x ^ x >> 7) & 0x00AA00AA00AA00AAu;
  x ^= swap ^ swap << 7;
  swap = (x ^ x >> 14) & 0x0000CCCC0000CCCCu;
  x ^= swap ^ swap << 14;
  swap = (x ^ x >> 28) & 0x00000000F0F0F0F0u;
  return x ^ swap ^ swap << 28;
}

/// The lowest bits of all bytes, eight to a byte, then the second ones, and so on.
static void shuffle(
    const unsigned char *restrict input, size_t count, unsigned char *restrict output) {
  const size_t plane = count / 8;
  for (size_t i = 0; i < plane; i++) {
    const uint64_t bits = transposed(load(input + 8 * i));
    for (size_t bit = 0; bit < 8; bit++)
      output[bit * plane + i] = (unsigned char)(bits >> (8 * bit));
  }
}

static void unshuffle(
    const unsigned char *restrict input, size_t count, unsigned char *restrict output) {
  const size_t plane = count / 8;
  for (size_t i = 0; i < plane; i++) {
    uint64_t bits = 0;
    for (size_t bit = 0; bit < 8; bit++) bits |= (uint64_t)input[bit * plane + i] << (8 * bit);
    bits = transposed(bits);
    for (size_t byte = 0; byte < 8; byte++)
      output[8 * i + byte] = (unsigned char)(bits >> (8 * byte));
  }
}

/// How much of the next block there is to shuffle: a multiple of 8, 0 at the end.
static size_t next_block(size_t left, size_t blockByteCount) {
  return left < blockByteCount ? left & ~(size_t)7 : blockByteCount;
}

size_t spectrim_bitshuffle_bound(size_t byteCount, size_t blockByteCount) {
  const size_t blocks = byteCount / blockByteCount;
  const size_t last = next_block(byteCount % blockByteCount, blockByteCount);
  return HEADER_SIZE + blocks * (FRAME_HEADER_SIZE + ZSTD_compressBound(blockByteCount)) +
         FRAME_HEADER_SIZE + ZSTD_compressBound(last) + byteCount % 8;
}

size_t spectrim_bitshuffle_encode(
    const unsigned char *input, size_t byteCount, size_t blockByteCount, int level,
    unsigned char *output, size_t capacity) {
  if (capacity < spectrim_bitshuffle_bound(byteCount, blockByteCount)) return 0;
  const size_t scratchCount = byteCount < blockByteCount ? byteCount : blockByteCount;
  unsigned char *scratch = malloc(scratchCount + 1);
  if (!scratch) return 0;
  set_big_endian(output, 8, byteCount);
  set_big_endian(output + 8, 4, blockByteCount);
  size_t from = 0, to = HEADER_SIZE;
  for (size_t count; (count = next_block(byteCount - from, blockByteCount)) > 0; from += count) {
    shuffle(input + from, count, scratch);
    // No checksum of zstd's own: other writers of this filter have none, and ours put fletcher32
    // behind the whole chunk.
    unsigned char *frame = output + to + FRAME_HEADER_SIZE;
    const size_t written =
        ZSTD_compress(frame, capacity - to - FRAME_HEADER_SIZE, scratch, count, level);
    if (ZSTD_isError(written)) {
      free(scratch);
      return 0;
    }
    set_big_endian(output + to, FRAME_HEADER_SIZE, written);
    to += FRAME_HEADER_SIZE + written;
  }
  free(scratch);
  memcpy(output + to, input + from, byteCount - from);
  return to + byteCount - from;
}

/// Decodes the blocks and the rest; true if all of the input makes all of the output.
static int decode(
    const unsigned char *input, size_t inputCount, size_t blockByteCount, unsigned char *scratch,
    unsigned char *output, size_t outputCount) {
  size_t from = HEADER_SIZE, to = 0;
  for (size_t count; (count = next_block(outputCount - to, blockByteCount)) > 0; to += count) {
    if (inputCount - from < FRAME_HEADER_SIZE) return 0;
    const size_t frameCount = big_endian(input + from, FRAME_HEADER_SIZE);
    from += FRAME_HEADER_SIZE;
    if (inputCount - from < frameCount) return 0;
    const size_t status = ZSTD_decompress(scratch, count, input + from, frameCount);
    if (ZSTD_isError(status) || status != count) return 0;
    unshuffle(scratch, count, output + to);
    from += frameCount;
  }
  if (inputCount - from != outputCount - to) return 0;
  memcpy(output + to, input + from, outputCount - to);
  return 1;
}

/// The bytes of a chunk in a new buffer; `NULL` if it is damaged or not of the size it should have.
static void *decoded(const unsigned char *input, size_t inputCount, size_t *outputCount) {
  if (inputCount < HEADER_SIZE) return NULL;
  const uint64_t byteCount = big_endian(input, 8);
  const size_t blockByteCount = big_endian(input + 8, 4);
  if (byteCount < spectrim_least_decoded() || byteCount > spectrim_most_decoded()) return NULL;
  if (blockByteCount == 0 || blockByteCount % 8 != 0) return NULL;
  *outputCount = (size_t)byteCount;
  unsigned char *output = H5allocate_memory(*outputCount, 0);
  unsigned char *scratch = malloc(blockByteCount < *outputCount ? blockByteCount : *outputCount);
  const int isComplete = output && scratch &&
                         decode(input, inputCount, blockByteCount, scratch, output, *outputCount);
  free(scratch);
  if (isComplete) return output;
  if (output) H5free_memory(output);
  return NULL;
}

static void *encoded(
    const unsigned char *input, size_t inputCount, size_t blockByteCount, int level,
    size_t *capacity, size_t *outputCount) {
  *capacity = spectrim_bitshuffle_bound(inputCount, blockByteCount);
  void *output = H5allocate_memory(*capacity, 0);
  if (!output) return NULL;
  *outputCount =
      spectrim_bitshuffle_encode(input, inputCount, blockByteCount, level, output, *capacity);
  if (*outputCount > 0) return output;
  H5free_memory(output);
  return NULL;
}

/// What libhdf5 calls: 0 means failure, and then the buffer is left alone.
static size_t filter(
    unsigned flags, size_t parameterCount, const unsigned parameters[], size_t inputCount,
    size_t *capacity, void **buffer) {
  if (parameterCount <= SPECTRIM_BITSHUFFLE_CODER ||
      parameters[SPECTRIM_BITSHUFFLE_ELEMENT_SIZE] != 1 ||
      parameters[SPECTRIM_BITSHUFFLE_CODER] != SPECTRIM_BITSHUFFLE_ZSTD)
    return 0;
  size_t outputCount = 0, outputCapacity = 0;
  void *output;
  if (flags & H5Z_FLAG_REVERSE) {
    // A block is as long as the chunk says, which need not be what the parameters say.
    output = decoded(*buffer, inputCount, &outputCount);
    outputCapacity = outputCount;
  } else {
    const size_t given = parameters[SPECTRIM_BITSHUFFLE_BLOCK_SIZE];
    const size_t blockByteCount = given > 0 ? given : DEFAULT_BLOCK_SIZE;
    if (blockByteCount % 8 != 0) return 0;
    const int level = parameterCount > SPECTRIM_BITSHUFFLE_LEVEL
                          ? (int)parameters[SPECTRIM_BITSHUFFLE_LEVEL]
                          : ZSTD_CLEVEL_DEFAULT;
    output = encoded(*buffer, inputCount, blockByteCount, level, &outputCapacity, &outputCount);
  }
  if (!output) return 0;
  H5free_memory(*buffer);
  *buffer = output;
  *capacity = outputCapacity;
  return outputCount;
}

int spectrim_bitshuffle_filter_register(void) {
  static const H5Z_class2_t description = {
      H5Z_CLASS_T_VERS, SPECTRIM_BITSHUFFLE_FILTER, 1, 1, "bitshuffle", NULL, NULL, filter};
  return (int)H5Zregister(&description);
}
