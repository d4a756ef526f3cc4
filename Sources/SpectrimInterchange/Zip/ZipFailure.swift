internal import CZip

/// libzip's errors in our words.
enum ZipFailure {
  static func opening(_ path: String, code: Int32) -> InterchangeError {
    var error = zip_error_t()
    zip_error_init_with_code(&error, code)
    defer { zip_error_fini(&error) }
    let text = String(cString: zip_error_strerror(&error)).lowercasedFirst
    let isUnreadable = [ZIP_ER_NOENT, ZIP_ER_OPEN, ZIP_ER_READ, ZIP_ER_SEEK].contains(code)
    return InterchangeError(
      isUnreadable ? .cannotRead : .invalid, file: path,
      isUnreadable ? text : "not an intact ZIP archive (\(text))")
  }

  static func reading(
    _ part: String, of archive: OpaquePointer, path: String
  ) -> InterchangeError {
    InterchangeError(
      .invalid, file: path, "\(part): \(String(cString: zip_strerror(archive)).lowercasedFirst)")
  }

  static func text(of file: OpaquePointer) -> String {
    String(cString: zip_file_strerror(file)).lowercasedFirst
  }

  static func writing(_ archive: OpaquePointer, path: String) -> InterchangeError {
    InterchangeError(
      .cannotWrite, file: path, String(cString: zip_strerror(archive)).lowercasedFirst)
  }
}

extension String {
  /// The sentence without its capital, unless it begins with an abbreviation such as `CRC`.
  fileprivate var lowercasedFirst: String {
    dropFirst().first?.isUppercase == true ? self : prefix(1).lowercased() + dropFirst()
  }
}
