/// How an image is divided into tiles that a network is passed over one after the other.
///
/// The cores of the tiles lie side by side and cover the image. Each tile is its core and a halo at least as wide as a pixel
/// reaches, cut off at the edges of the image: so every pixel of a core sees what it sees in the whole image.
struct TilePlan {
  /// Corner and size of a part, in pixels.
  struct Part: Equatable {
    var x, y, width, height: Int
  }

  struct Tile: Equatable {
    /// The part that the result is taken from, from the image's corner.
    var core: Part
    /// The part that is computed, from the image's corner; holds the core.
    var whole: Part
  }

  /// Row after row.
  let tiles: [Tile]

  /// - Parameters:
  ///   - width, height: of the image: multiples of `multiple`.
  ///   - multiple: all corners and sizes are multiples of this.
  ///   - reach: how far a pixel reaches, in pixels.
  ///   - side: of a core, in pixels, rounded up to a multiple.
  init(width: Int, height: Int, multiple: Int, reach: Int, side: Int) {
    precondition(width.isMultiple(of: multiple) && height.isMultiple(of: multiple) && side > 0)
    let side = Self.roundedUp(side, to: multiple)
    let halo = Self.roundedUp(reach, to: multiple)
    func spans(_ size: Int) -> [(core: Range<Int>, whole: Range<Int>)] {
      stride(from: 0, to: size, by: side).map { start in
        let core = start..<min(size, start + side)
        return (core, max(0, core.lowerBound - halo)..<min(size, core.upperBound + halo))
      }
    }
    let (across, down) = (spans(width), spans(height))
    tiles = down.flatMap { row in
      across.map { column in
        Tile(core: Self.part(column.core, row.core), whole: Self.part(column.whole, row.whole))
      }
    }
  }

  private static func part(_ columns: Range<Int>, _ rows: Range<Int>) -> Part {
    Part(x: columns.lowerBound, y: rows.lowerBound, width: columns.count, height: rows.count)
  }

  /// The smallest multiple that is not below a number.
  static func roundedUp(_ number: Int, to multiple: Int) -> Int { (number + multiple - 1) / multiple * multiple }
}
