internal import Foundation
internal import SpectrimCore
internal import SpectrimFiles

/// What a search has measured so far, beside the output, so that an interrupted one goes on.
final class SearchLog {
  private let path: String?
  private let key: String
  private(set) var points: [SearchPoint] = []

  private struct Content: Codable {
    /// What the points belong to; another model, other images or settings start afresh.
    let key: String
    let points: [SearchPoint]
  }

  /// Takes up what an earlier search of the same kind left.
  /// - Parameter output: the file that is to be written; without one nothing is kept.
  init(beside output: String?, key: String) {
    self.key = key
    let place = output.map { $0 + ".search.json" }
    guard let place, let data = try? Data(contentsOf: URL(filePath: place)) else {
      path = place
      return
    }
    guard let content = try? JSONDecoder().decode(Content.self, from: data) else {
      // Somebody else's file of that name is left alone; this search is then not resumed.
      path = nil
      return
    }
    path = place
    if content.key == key { points = content.points }
  }

  /// The point of one θ, measured now if it was not before.
  func point(at step: Double, _ measure: () throws -> SearchPoint) throws -> SearchPoint {
    if let known = points.first(where: { $0.step == step }) { return known }
    let point = try measure()
    points.append(point)
    save()
    return point
  }

  /// Removes what only an interrupted search needs.
  func remove() {
    if let path { try? FileManager.default.removeItem(atPath: path) }
  }

  /// A log that cannot be written costs time after an interruption, nothing else.
  private func save() {
    guard let path else { return }
    let data = try? JSONEncoder().encode(Content(key: key, points: points))
    try? data?.write(to: URL(filePath: path), options: .atomic)
  }
}
