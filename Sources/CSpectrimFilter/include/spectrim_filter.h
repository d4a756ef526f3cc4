#pragma once
#include <stddef.h>

/// HDF5's registered number of the zstd filter; its one parameter is the compression level.
#define SPECTRIM_ZSTD_FILTER 32015

/// Registers the zstd filter with libhdf5 in this process; negative if that fails.
int spectrim_zstd_filter_register(void);

/// The most bytes that a chunk may decode to in this thread, until it is set again.
///
/// libhdf5 does not tell a filter how large a chunk should become; whoever reads knows.
void spectrim_zstd_filter_set_limit(size_t byteCount);
