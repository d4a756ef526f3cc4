extension Python {
  /// The beginning of a program that reads or writes zstd chunks with h5py.
  ///
  /// hdf5plugin brings the filter, but not as Debian packages it. There the same filter is made
  /// from the system's libzstd, without any code of ours: Python gives libhdf5 a function that
  /// calls `ZSTD_compress` and `ZSTD_decompress`.
  public static let zstdFilter = """
    import ctypes, ctypes.util, h5py, hdf5plugin

    def _register_zstd():
        mapped = [line.split()[-1] for line in open('/proc/self/maps')]
        library = next(m for m in mapped if 'libhdf5' in m and '_hl' not in m)
        hdf5, zstd = ctypes.CDLL(library), ctypes.CDLL(ctypes.util.find_library('zstd'))
        size, address = ctypes.c_size_t, ctypes.c_void_p
        sized = ctypes.POINTER(size)
        kind = ctypes.CFUNCTYPE(
            size, ctypes.c_uint, size, ctypes.POINTER(ctypes.c_uint), size, sized,
            ctypes.POINTER(address))
        hdf5.H5allocate_memory.restype = address
        hdf5.H5allocate_memory.argtypes = [size, ctypes.c_bool]
        hdf5.H5free_memory.argtypes = [address]
        zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
        zstd.ZSTD_getFrameContentSize.argtypes = [address, size]
        for function in (zstd.ZSTD_compress, zstd.ZSTD_decompress, zstd.ZSTD_compressBound):
            function.restype = size
        zstd.ZSTD_decompress.argtypes = [address, size, address, size]
        zstd.ZSTD_compress.argtypes = [address, size, address, size, ctypes.c_int]
        zstd.ZSTD_compressBound.argtypes = [size]

        def apply(flags, count, parameters, length, capacity, buffer):
            decode = flags & 0x100
            room = (zstd.ZSTD_getFrameContentSize(buffer[0], length) if decode
                    else zstd.ZSTD_compressBound(length))
            if room > 1 << 30: return 0
            out = hdf5.H5allocate_memory(room, False)
            level = parameters[0] if count else 3
            done = (zstd.ZSTD_decompress(out, room, buffer[0], length) if decode
                    else zstd.ZSTD_compress(out, room, buffer[0], length, level))
            if done > room: return 0
            hdf5.H5free_memory(buffer[0])
            buffer[0], capacity[0] = out, room
            return done

        class Filter(ctypes.Structure):
            _fields_ = [('version', ctypes.c_int), ('id', ctypes.c_int), ('encoder', ctypes.c_uint),
                        ('decoder', ctypes.c_uint), ('name', ctypes.c_char_p),
                        ('can_apply', address), ('set_local', address), ('filter', kind)]

        made = Filter(1, 32015, 1, 1, b'zstd', None, None, kind(apply))
        assert hdf5.H5Zregister(ctypes.byref(made)) >= 0
        return made

    _zstd = None if h5py.h5z.filter_avail(32015) else _register_zstd()

    """
}
