public import ArgumentParser
public import SpectrimCore
public import SpectrimInterchange

// The words of these types on disk are also those of the command.
extension Activation.Kind: ExpressibleByArgument {}
extension ElementType: ExpressibleByArgument {}
extension Initializer: ExpressibleByArgument {}
extension ScaleScheme: ExpressibleByArgument {}
extension StorageSettings.Codec: ExpressibleByArgument {}
extension StorageSettings.Form: ExpressibleByArgument {}
extension WeightLayout: ExpressibleByArgument {}
