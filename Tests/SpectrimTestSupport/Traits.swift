public import Testing

extension Trait where Self == ConditionTrait {
  /// Runs a test only where the other side of the cross-checks is there.
  public static var needsPython: Self {
    .enabled(
      if: Python.isAvailable, "needs Python with what Scripts/requirements.txt names")
  }

  /// Runs a test only with all 70 000 digits: floors of accuracy say nothing about a sample.
  public static var needsMNIST: Self {
    .enabled(if: Places.mnistIsComplete, "needs the complete MNIST, see SPECTRIM_MNIST")
  }
}
