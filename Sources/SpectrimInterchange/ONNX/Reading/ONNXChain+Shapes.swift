internal import SpectrimCore

/// Operators that take a window's or a whole map's numbers together, or arrange them anew.
extension ONNXChain {
  mutating func pool(_ node: ONNXNodeProto) throws {
    guard let (channels, extent) = flow.map, let kernel = node.integers("kernel_shape"),
      kernel.count == 2, node.input(0) == flow.name
    else { throw ONNXObstacle.form(node, "is not over a plane with its channels first") }
    do {
      let window = try ONNXWindow(
        node, kernel: Extent(height: kernel[0], width: kernel[1]), on: extent
      ).window
      let pooling = try Pooling(
        node.opType == "MaxPool" ? .maximum : .average, window: window,
        countsPadding: node.integer("count_include_pad", default: 0) != 0)
      guard let output = window.positions(on: extent) else {
        throw ONNXObstacle.form(node, "has a window that does not fit its map")
      }
      append(.pool(pooling), at: node)
      try give(channels: channels, output, at: node)
    } catch let error as ModelError { throw ONNXObstacle.form(node, "has \(error)") }
  }

  /// A pooling whose window is the map.
  mutating func poolAll(_ node: ONNXNodeProto) throws {
    guard case .map(let channels, let height, let width) = flow.shape,
      flow.arrangement != .plane, node.input(0) == flow.name
    else { throw ONNXObstacle.form(node, "does not take a map") }
    let isMean = node.opType == "ReduceMean"
    guard isMean || flow.arrangement == .same else {
      throw ONNXObstacle.form(node, "takes a map with its channels last")
    }
    var keepsSides = true
    if isMean {
      let given = try node.input(1).map { try constants.value(of: $0) }?.integers
      let axes = (given ?? node.integers("axes") ?? []).map { $0 < 0 ? $0 + 4 : $0 }
      guard Set(axes) == (flow.arrangement == .same ? [2, 3] : [1, 2]) else {
        throw ONNXObstacle.form(node, "takes the mean of something else than a map's plane")
      }
      keepsSides = node.integer("keepdims", default: 1) != 0
    }
    do throws(ModelError) {
      let window = try Window(kernel: Extent(height: height, width: width))
      let kind = node.opType == "GlobalMaxPool" ? Pooling.Kind.maximum : .average
      append(.pool(try Pooling(kind, window: window)), at: node)
    } catch { throw ONNXObstacle.form(node, "has \(error)") }
    flow.shape = .map(channels: channels, height: 1, width: 1)
    if !keepsSides {
      items.append(.transform(ONNXWeightName.name(of: node) + ".flatten", .flatten))
      flow.flatten()
    }
  }

  /// `Flatten`, `Reshape`, `Squeeze` and `Unsqueeze` where they make a vector of an example, change
  /// nothing, or give a plane or vector of the input its channels.
  mutating func reshape(_ node: ONNXNodeProto) throws {
    guard node.input(0) == flow.name else { throw ONNXObstacle.unknown(node) }
    let target = try exampleSides(after: node)
    if target == flow.sides { return }
    if target == [flow.shape.elementCount] {
      append(.flatten, at: node)
      flow.flatten()
    } else if items.isEmpty, target.count == 3, flow.arrangement == .plane || flow.sides.count == 1
    {
      flow.shape = .map(channels: target[0], height: target[1], width: target[2])
      flow.arrangement = .same
      (inputShape, inputLayout) = (target, .chw)
    } else {
      throw ONNXObstacle.form(node, "makes \(target) of \(flow.sides)")
    }
  }

  /// The sides of an example after an operator that rearranges.
  private mutating func exampleSides(after node: ONNXNodeProto) throws -> [Int] {
    let (rank, count) = (flow.sides.count + 1, flow.shape.elementCount)
    if node.opType == "Flatten" {
      let axis = node.integer("axis", default: 1)
      guard axis == 1 || axis == 1 - rank else { throw ONNXObstacle.form(node, "joins examples") }
      return [count]
    }
    let given = try node.input(1).map { try shapeValues($0) } ?? node.integers("axes")
    switch (node.opType, given) {
    case ("Squeeze", .some(let axes)):
      let places = axes.map { $0 < 0 ? $0 + rank : $0 }
      let sides = flow.sides.enumerated()
      guard places.allSatisfy({ $0 > 0 && $0 < rank && flow.sides[$0 - 1] == 1 }) else {
        throw ONNXObstacle.form(node, "removes sides \(axes)")
      }
      return sides.filter { !places.contains($0.offset + 1) }.map(\.element)
    case ("Unsqueeze", .some(let axes)) where axes == [1] || axes == [-rank]:
      return [1] + flow.sides
    case ("Reshape", .some(let target)) where 2...4 ~= target.count:
      var sides = Array(target.dropFirst())
      for (index, side) in sides.enumerated() where side == 0 {
        sides[index] = index < flow.sides.count ? flow.sides[index] : 0
      }
      if let rest = sides.firstIndex(of: -1), target[0] != -1 {
        let known = sides.filter { $0 != -1 }.elementCount ?? 0
        guard known > 0 else { throw ONNXObstacle.form(node, "has a shape \(target)") }
        sides[rest] = count / known
      }
      guard sides.elementCount == count else { throw ONNXObstacle.form(node, "joins examples") }
      return sides
    default: throw ONNXObstacle.unknown(node)
    }
  }

  /// Exchanges channels first and channels last.
  mutating func transpose(_ node: ONNXNodeProto) throws {
    guard case .map(let channels, let height, let width) = flow.shape,
      let order = node.integers("perm")
    else { throw ONNXObstacle.form(node, "does not take a map") }
    // With one channel the axes of a map say nothing of their order.
    let isSame = flow.arrangement == .same
    switch order {
    case [0, 1, 2, 3],
      [0, 1, 2] where flow.arrangement == .plane:
      break
    case [0, 3, 1, 2] where flow.arrangement == .channelsLast: flow.arrangement = .same
    case [0, 2, 3, 1] where isSame: flow.arrangement = .channelsLast
    case [0, 3, 1, 2] where isSame && items.isEmpty:
      // The file's axes were taken for channel, row, column, but are row, column, channel.
      flow.shape = .map(channels: width, height: channels, width: height)
      (inputShape, inputLayout) = ([channels, height, width], .hwc)
    default: throw ONNXObstacle.form(node, "brings the axes into the order \(order)")
    }
  }
}
