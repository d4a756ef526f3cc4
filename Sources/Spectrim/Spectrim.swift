/// Everything a program needs to load, inspect, run, compress and write models.
@_exported public import SpectrimCompression
@_exported public import SpectrimCore
@_exported public import SpectrimFiles
@_exported public import SpectrimInference
