/// Where a patch was taken: counted on from patch to patch, because a division takes as long as
/// copying a small one.
struct PatchPlace {
  var image = 0
  var row = 0
  var column = 0

  /// Goes to the next position, from image to image.
  @inline(__always)
  mutating func advance(on grid: PatchGrid) {
    column &+= 1
    guard column == grid.columns.count else { return }
    (column, row) = (0, row &+ 1)
    guard row == grid.rows.count else { return }
    (row, image) = (0, image &+ 1)
  }
}
