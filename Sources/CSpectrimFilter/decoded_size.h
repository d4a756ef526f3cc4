#pragma once
#include <stddef.h>

/// The least and the most bytes that this thread takes as a decoded chunk.
size_t spectrim_least_decoded(void);
size_t spectrim_most_decoded(void);
