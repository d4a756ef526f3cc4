/// Why a network of Keras cannot be run as a chain of steps, although its file is sound: the reader
/// then gives its tensors.
struct KerasObstacle: Error {
  /// A clause such as "layer `add` takes 2 inputs".
  let reason: String

  init(_ reason: String) { self.reason = reason }
}
