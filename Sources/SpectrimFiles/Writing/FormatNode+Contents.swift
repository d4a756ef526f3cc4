internal import SpectrimFormat
internal import SpectrimHDF5

extension FormatNode {
  /// What `NodeWriter` will put into the group, with further links that others add.
  func contents(furtherLinks: [String] = []) -> HDF5GroupContents {
    var contents = HDF5GroupContents()
    for (name, fact) in facts {
      switch fact {
      case .text(let text):
        contents.addAttribute(name, type: .fixedString(byteCount: max(1, text.utf8.count)))
      case .integer: contents.addAttribute(name, type: .int32)
      case .integers(let values):
        contents.addAttribute(name, type: .int32, shape: [values.count])
      case .real: contents.addAttribute(name, type: .float64)
      case .texts: contents.addLink(name)
      }
    }
    for name in tensors.keys { contents.addLink(name) }
    for name in groups.keys { contents.addLink(name) }
    for name in furtherLinks { contents.addLink(name) }
    return contents
  }
}
