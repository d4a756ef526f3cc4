internal import SpectrimCore

/// A window in its group; what has its usual value is not stored: no padding, one group, no gaps.
extension Window {
  func store(in node: inout FormatNode) {
    node.facts[FormatName.kernel] = .integers([kernel.height, kernel.width])
    node.facts[FormatName.stride] = .integers([stride.height, stride.width])
    if !padding.isEmpty {
      node.facts[FormatName.padding] = .integers([
        padding.top, padding.left, padding.bottom, padding.right,
      ])
    }
    if dilation != Extent(1) {
      node.facts[FormatName.dilation] = .integers([dilation.height, dilation.width])
    }
  }

  init(from node: FormatNode) throws(FormatError) {
    let kernel = try node.extent(FormatName.kernel)
    let stride = try node.extent(FormatName.stride)
    let padding = try node.padding()
    let dilation =
      node.facts[FormatName.dilation] == nil ? Extent(1) : try node.extent(FormatName.dilation)
    self = try node.located { () throws(ModelError) in
      try Window(kernel: kernel, stride: stride, padding: padding, dilation: dilation)
    }
  }
}

extension Convolution {
  func store(in node: inout FormatNode) {
    window.store(in: &node)
    if groups != 1 { node.facts[FormatName.groups] = .integer(groups) }
  }

  init(from node: FormatNode) throws(FormatError) {
    let window = try Window(from: node)
    let groups = node.facts[FormatName.groups] == nil ? 1 : try node.integer(FormatName.groups)
    self = try node.located { () throws(ModelError) in
      try Convolution(window: window, groups: groups)
    }
  }
}

extension FormatNode {
  fileprivate func extent(_ name: String) throws(FormatError) -> Extent {
    let values = try integers(name, count: 2)
    return Extent(height: values[0], width: values[1])
  }

  fileprivate func padding() throws(FormatError) -> Padding {
    guard facts[FormatName.padding] != nil else { return Padding(0) }
    let sides = try integers(FormatName.padding, count: 4)
    return Padding(top: sides[0], left: sides[1], bottom: sides[2], right: sides[3])
  }

  private func integers(_ name: String, count: Int) throws(FormatError) -> [Int] {
    let values = try integers(name)
    guard values.count == count else {
      throw FormatError(
        at: location(of: name), .wrongShape(found: [values.count], expected: "\(count) integers"))
    }
    return values
  }
}
