#include "decoded_size.h"
#include "spectrim_filter.h"

// A chunk of HDF5 is smaller than 4 GiB; 1 GiB is what we take from a caller who set no limit.
static _Thread_local size_t least_decoded = 1;
static _Thread_local size_t most_decoded = (size_t)1 << 30;

void spectrim_filter_set_limits(size_t least, size_t most) {
  // A filter says that it failed by 0 bytes, so there is no empty chunk.
  least_decoded = least > 0 ? least : 1;
  most_decoded = most;
}

size_t spectrim_least_decoded(void) { return least_decoded; }

size_t spectrim_most_decoded(void) { return most_decoded; }
