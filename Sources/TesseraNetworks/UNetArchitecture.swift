import TesseraNumerics

/// The shape of a U-Net (Ronneberger, Fischer & Brox, MICCAI 2015): levels of falling resolution on the way down, as many on
/// the way up, and what each level hands across.
///
/// Each convolution is followed by a batch normalisation, which `UNet` holds folded into it. A level down is a block of
/// convolutions and a 2 x 2 max-pool; a level up is an up-sampling by two, whose maps stand behind those handed across, and
/// a block. A convolution of one pixel makes the output.
public struct UNetArchitecture: Sendable, Codable, Equatable {
  /// How maps become twice as large on the way up.
  public enum UpSampling: String, Sendable, Codable, CaseIterable {
    /// Each number becomes 2 x 2 equal ones.
    case nearest
    /// A transposed convolution of 2 x 2 kernels with stride 2, to the channels of the level.
    case transposed
  }

  /// What the max-pool takes. What is handed across is rectified in both cases.
  public enum PoolInput: String, Sendable, Codable, CaseIterable {
    /// The batch normalisation's numbers, negative ones among them, as the public nanoparticle networks of [P21] do.
    case normalized
    /// The rectified numbers, as in the U-Net of 2015.
    case rectified
  }

  /// Channels of each level, the full resolution first: 1 ... 6 numbers of 1 ... 4096.
  public var channels: [Int]
  /// Channels at the bottom, below the last level: 1 ... 4096.
  public var bottomChannels: Int
  /// Convolutions of a block on the way down: 1 ... 4.
  public var downConvolutions = 2
  /// Convolutions at the bottom: 1 ... 4.
  public var bottomConvolutions = 2
  /// Convolutions of a block on the way up: 1 ... 4.
  public var upConvolutions = 2
  /// Rows and columns of all kernels but that of the output: 1, 3, 5 or 7.
  public var kernelSize = 3
  /// How maps become twice as large on the way up.
  public var upSampling = UpSampling.transposed
  /// What the max-pool takes on the way down.
  public var poolInput = PoolInput.rectified
  /// Number of maps that come out: 1 ... 4096.
  public var outputChannels = 1
  /// What the numbers of the last convolution become.
  public var outputActivation = OutputActivation.sigmoid
  /// Sizes of the hidden layers of a branch that gives one number for the image, such as the mean spacing of columns:
  /// at most 4 numbers of 1 ... 4096; nil: no branch. See `SpacingBranch`.
  public var spacingBranch: [Int]?

  /// Levels with these channels; everything else as in the network of [A23], without its branch for the spacing.
  public init(channels: [Int], bottomChannels: Int) {
    (self.channels, self.bottomChannels) = (channels, bottomChannels)
  }

  /// The network of [P21] that finds nanoparticles; channel 1 of its softmax is the particle's.
  public static let particles = particles(width: 4)

  /// The same with another number of channels at full resolution.
  ///
  /// - Parameter width: 1 ... 256.
  public static func particles(width: Int) -> UNetArchitecture {
    var result = UNetArchitecture(channels: [width, 2 * width, 4 * width, 8 * width], bottomChannels: 8 * width)
    result.downConvolutions = 1
    (result.upSampling, result.poolInput) = (.nearest, .normalized)
    (result.outputChannels, result.outputActivation) = (2, .softmax)
    return result
  }

  /// The network of [A23] that finds atom columns and their mean spacing.
  public static let atoms = atoms(width: 32)

  /// The same with another number of channels at full resolution: a quarter of 32 costs a sixteenth of the time.
  ///
  /// - Parameter width: 1 ... 256.
  public static func atoms(width: Int) -> UNetArchitecture {
    var result = UNetArchitecture(
      channels: [width, 2 * width, 4 * width, 8 * width], bottomChannels: 16 * width)
    result.spacingBranch = [8 * width, 2 * width]
    return result
  }

  /// Width and height must be multiples of this: two to the number of levels.
  public var multiple: Int { 1 << channels.count }

  /// How far a pixel reaches, in pixels, along each axis: numbers farther away do not change its output.
  ///
  /// A kernel of size k adds (k − 1) / 2 pixels of its level, 2^l of the image; pooling and up-sampling add 2^l each time
  /// that a pixel may lie at the edge of its block.
  public var reach: Int {
    let half = kernelSize / 2
    let levels = channels.indices.reduce(0) { $0 + (downConvolutions + upConvolutions) * half << $1 }
    return levels + bottomConvolutions * half * multiple + multiple - 1
  }

  /// Bytes that a pass takes per pixel of its image at most, maps handed across among them.
  var bytesPerPixel: Int {
    var handedAcross = 0.0
    var most = 0.0
    for level in channels.indices {
      let (here, below) = (
        Double(channels[level]), Double(level + 1 < channels.count ? channels[level + 1] : bottomChannels)
      )
      let area = Double(1 << (2 * level))
      let risen = upSampling == .nearest ? below : here
      most = max(most, handedAcross + (3 * here + risen) / area + below / (4 * area))
      handedAcross += here / area
    }
    most = max(most, handedAcross + 2 * Double(bottomChannels) / Double(multiple * multiple))
    return Int((most + 2 * Double(outputChannels) + 1).rounded(.up)) * MemoryLayout<Float>.size
  }

  /// Throws unless all numbers are in range, so that sizes computed from them cannot overflow.
  public func check() throws(ParameterError) {
    let widths = 1...4096
    try require(
      (1...6).contains(channels.count), "levels of a network", is: channels.count, mustBe: "1 ... 6 in number")
    for number in channels + [bottomChannels, outputChannels] + (spacingBranch ?? []) {
      try require(widths.contains(number), "channels of a network", is: number, mustBe: "1 ... 4096")
    }
    for number in [downConvolutions, bottomConvolutions, upConvolutions] {
      try require((1...4).contains(number), "convolutions of a block", is: number, mustBe: "1 ... 4 in number")
    }
    try require([1, 3, 5, 7].contains(kernelSize), "size of the kernels", is: kernelSize, mustBe: "1, 3, 5 or 7")
    let hidden = spacingBranch?.count ?? 0
    try require(hidden <= 4, "hidden layers of the spacing branch", is: hidden, mustBe: "at most 4 in number")
  }
}
