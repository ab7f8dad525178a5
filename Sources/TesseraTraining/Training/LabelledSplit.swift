import TesseraNumerics

/// Which of some labelled images are trained on and which are held back, and of which one a training sees a part.
///
/// Of fewer than four images all are trained on, and validation sees other parts of the same ones.
struct LabelledSplit: Sendable, Equatable {
  /// Numbers of the images.
  let trained, held: [Int]

  /// From so many images on, every fourth is held back.
  private static let fewestToHoldBack = 4

  /// - Parameter count: of images, one or more.
  init(count: Int) {
    holdsBack = count >= Self.fewestToHoldBack
    trained = (0..<count).filter { count < Self.fewestToHoldBack || $0 % 4 != 3 }
    held = count < Self.fewestToHoldBack ? trained : (0..<count).filter { $0 % 4 == 3 }
  }

  /// Whether some are held back.
  let holdsBack: Bool

  /// The image of part `index`, and the source of what else is drawn for it.
  ///
  /// - Parameters:
  ///   - seed: of the random draws.
  ///   - isHeld: whether of the images that are held back.
  func drawn(_ index: Int, seed: UInt64, isHeld: Bool) -> (number: Int, random: RandomSource) {
    // Other draws than those of simulated images of the seed, which begin with the stream 0.
    var random = RandomSource(seed: seed, stream: UInt64(bitPattern: Int64(index)) ^ (isHeld ? 3 << 60 : 1 << 60))
    let numbers = isHeld ? held : trained
    let number = numbers[random.index(below: numbers.count)]
    return (number, random)
  }
}
