internal import SpectrimCore

extension Window {
  /// The zeros that make as many positions as the map has sides, divided by the steps and rounded
  /// up: TensorFlow's `SAME`, which Keras and ONNX follow.
  /// - Parameter oddFirst: Whether an odd zero stands in front, as ONNX' `SAME_LOWER` has it.
  /// - Source: TensorFlow's convolution guide; ONNX, `auto_pad` of `Conv`.
  func samePadding(on map: Extent, oddFirst: Bool = false) -> Padding {
    func sides(_ side: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> (Int, Int) {
      let positions = (side + stride - 1) / stride
      let total = max(0, (positions - 1) * stride + (kernel - 1) * dilation + 1 - side)
      return oddFirst ? (total - total / 2, total / 2) : (total / 2, total - total / 2)
    }
    let (top, bottom) = sides(map.height, kernel.height, stride.height, dilation.height)
    let (left, right) = sides(map.width, kernel.width, stride.width, dilation.width)
    return Padding(top: top, left: left, bottom: bottom, right: right)
  }
}
