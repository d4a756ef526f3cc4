internal import CPNG

/// Turns any PNG into 8-bit gray through libpng's simplified interface.
///
/// Colors become their luminance, transparency lies on black, which is MNIST's background, and 16
/// bits are rounded to 8.
enum PNGDecoder {
  static func decode(_ bytes: [UInt8], path: String) throws(DataError) -> GrayImage {
    // libpng keeps a pointer to the file until the read is finished: all of it happens in here.
    let result = bytes.withUnsafeBytes { file -> Result<GrayImage, DataError> in
      Result { () throws(DataError) in try decode(file, path: path) }
    }
    return try result.get()
  }

  private static func decode(
    _ file: UnsafeRawBufferPointer, path: String
  ) throws(DataError) -> GrayImage {
    var image = png_image()
    image.version = png_uint_32(PNG_IMAGE_VERSION)
    // Frees what libpng holds on every way out; harmless after a finished or failed read.
    defer { png_image_free(&image) }
    guard png_image_begin_read_from_memory(&image, file.baseAddress, file.count) != 0 else {
      throw failure(&image, path)
    }
    let (rowCount, columnCount) = (Int(image.height), Int(image.width))
    try GrayImage.check(rowCount: rowCount, columnCount: columnCount, path: path)
    image.format = png_uint_32(PNG_FORMAT_GRAY)
    // Without this flag 16-bit samples are taken for linear light and would come out brighter than
    // the same picture with 8 bits.
    image.flags |= png_uint_32(PNG_IMAGE_FLAG_16BIT_sRGB)
    var black = png_color()
    var pixels = [UInt8](repeating: 0, count: rowCount * columnCount)
    // A row stride of 0 stands for rows without gaps; the buffer has the size of that format.
    guard png_image_finish_read(&image, &black, &pixels, 0, nil) != 0 else {
      throw failure(&image, path)
    }
    return GrayImage(rowCount: rowCount, columnCount: columnCount, pixels: pixels)
  }

  /// libpng's own sentence, which is a zero-terminated text of fixed length.
  private static func failure(_ image: inout png_image, _ path: String) -> DataError {
    let text = withUnsafeBytes(of: &image.message) { message in
      String(decoding: message.prefix { $0 != 0 }, as: UTF8.self)
    }
    return .invalid(path: path, found: "a damaged PNG (\(text))", expected: "an intact one")
  }
}
