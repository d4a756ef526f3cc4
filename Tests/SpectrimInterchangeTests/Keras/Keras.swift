import Foundation
import SpectrimTestSupport
import Testing

/// The real Keras, with whichever of its backends is there; numpy's needs jax as well.
enum Keras {
  /// The beginning of a program.
  static let preamble = """
    import importlib.util, os, sys
    os.environ['TF_CPP_MIN_LOG_LEVEL'] = '3'
    if 'KERAS_BACKEND' not in os.environ:
        for backend, module in ('numpy', 'jax'), ('torch', 'torch'), ('tensorflow', 'tensorflow'):
            if importlib.util.find_spec(module):
                os.environ['KERAS_BACKEND'] = backend
                break
    import keras, numpy as np

    """

  /// Whether it can be imported with a backend.
  static let isAvailable: Bool = (try? Python.run(preamble)) != nil
}

extension Trait where Self == ConditionTrait {
  /// Runs a test only where Keras can run a model.
  static var needsKeras: Self { .enabled(if: Keras.isAvailable, "needs Keras with a backend") }
}
