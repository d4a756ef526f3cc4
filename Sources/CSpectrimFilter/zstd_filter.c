#include "decoded_size.h"
#include "spectrim_filter.h"

#if __has_include(<hdf5.h>)
#include <hdf5.h>
#else
#include <hdf5/serial/hdf5.h>
#endif
#include <zstd.h>

/// A buffer that HDF5 may free; `byteCount` 0 means that there is none.
typedef struct {
  void *bytes;
  size_t capacity;
  size_t byteCount;
} Output;

static Output failure(Output output) {
  if (output.bytes) H5free_memory(output.bytes);
  return (Output){NULL, 0, 0};
}

static Output compressed(const void *input, size_t inputCount, int level) {
  Output output = {NULL, ZSTD_compressBound(inputCount), 0};
  ZSTD_CCtx *context = ZSTD_createCCtx();
  if (!context) return failure(output);
  output.bytes = H5allocate_memory(output.capacity, 0);
  size_t status = ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  // Without the checksum nine of ten damaged frames decode to wrong numbers in silence.
  if (!ZSTD_isError(status)) status = ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1);
  if (!ZSTD_isError(status)) status = ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1);
  if (!ZSTD_isError(status) && output.bytes)
    status = ZSTD_compress2(context, output.bytes, output.capacity, input, inputCount);
  ZSTD_freeCCtx(context);
  if (!output.bytes || ZSTD_isError(status)) return failure(output);
  output.byteCount = status;
  return output;
}

/// A frame that says how long its content is, as ours do.
static Output decompressed(const void *input, size_t inputCount, size_t contentCount) {
  Output output = {H5allocate_memory(contentCount, 0), contentCount, 0};
  if (!output.bytes) return failure(output);
  const size_t status = ZSTD_decompress(output.bytes, contentCount, input, inputCount);
  if (ZSTD_isError(status) || status != contentCount) return failure(output);
  output.byteCount = status;
  return output;
}

/// The most that a stream may fill: with a little room left, zstd sees the end of a frame that has
/// just the right length.
static size_t stream_limit(void) { return spectrim_most_decoded() + 64; }

/// Makes room for more, up to the limit; 0 if there is no more to be had.
static int grow(Output *output) {
  const size_t most = stream_limit();
  if (output->capacity >= most) return 0;
  const size_t doubled = output->capacity > most / 2 ? most : output->capacity * 2;
  void *bytes = H5resize_memory(output->bytes, doubled);
  if (!bytes) return 0;
  output->bytes = bytes;
  output->capacity = doubled;
  return 1;
}

/// A frame of a streaming writer, which does not say how long its content is.
static Output decompressed_stream(const void *input, size_t inputCount) {
  const size_t most = stream_limit();
  const size_t first = inputCount < most / 4 ? inputCount * 4 : most;
  Output output = {H5allocate_memory(first, 0), first, 0};
  ZSTD_DStream *stream = ZSTD_createDStream();
  ZSTD_inBuffer from = {input, inputCount, 0};
  size_t status = 1;
  while (output.bytes && stream && status != 0) {
    ZSTD_outBuffer to = {output.bytes, output.capacity, output.byteCount};
    status = ZSTD_decompressStream(stream, &to, &from);
    const int isStuck = to.pos == output.byteCount && from.pos == from.size && status != 0;
    output.byteCount = to.pos;
    if (ZSTD_isError(status) || (isStuck && to.pos < to.size)) break;
    if (status != 0 && to.pos == to.size && !grow(&output)) break;
  }
  ZSTD_freeDStream(stream);
  const int isComplete = stream && status == 0 && from.pos == from.size &&
                         output.byteCount >= spectrim_least_decoded() &&
                         output.byteCount <= spectrim_most_decoded();
  return isComplete ? output : failure(output);
}

static Output decoded(const void *input, size_t inputCount) {
  const unsigned long long contentCount = ZSTD_getFrameContentSize(input, inputCount);
  const Output nothing = {NULL, 0, 0};
  if (contentCount == ZSTD_CONTENTSIZE_ERROR || inputCount == 0) return nothing;
  if (contentCount == ZSTD_CONTENTSIZE_UNKNOWN) return decompressed_stream(input, inputCount);
  if (contentCount < spectrim_least_decoded() || contentCount > spectrim_most_decoded())
    return nothing;
  return decompressed(input, inputCount, (size_t)contentCount);
}

/// What libhdf5 calls: 0 means failure, and then the buffer is left alone.
static size_t filter(
    unsigned flags, size_t parameterCount, const unsigned parameters[], size_t inputCount,
    size_t *capacity, void **buffer) {
  const int level = parameterCount > 0 ? (int)parameters[0] : ZSTD_CLEVEL_DEFAULT;
  const Output output = flags & H5Z_FLAG_REVERSE ? decoded(*buffer, inputCount)
                                                 : compressed(*buffer, inputCount, level);
  if (output.byteCount == 0) return 0;
  H5free_memory(*buffer);
  *buffer = output.bytes;
  *capacity = output.capacity;
  return output.byteCount;
}

int spectrim_zstd_filter_register(void) {
  static const H5Z_class2_t description = {
      H5Z_CLASS_T_VERS, SPECTRIM_ZSTD_FILTER, 1, 1, "zstd", NULL, NULL, filter};
  return (int)H5Zregister(&description);
}
