import TesseraNumerics

/// A trained network with all that is needed to use it and to judge it: what a model file holds.
public struct NetworkModel: Sendable, Equatable {
  /// What a network finds.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    /// A map of atom columns, 1 at their centres, and the mean distance of nearest neighbours [A23].
    case atoms
    /// A map of nanoparticles on their support [P21].
    case particles
  }

  /// What the network finds.
  public var kind: Kind
  /// The network with its weights.
  public var network: UNet
  /// What is done to an image first.
  public var normalization = InputNormalization()
  /// How the weights came about.
  public var training: TrainingRecord
  /// Under which the weights may be used and passed on: the text, or its name and where it is found.
  public var licence: String
  /// What the numbers of the map mean as probabilities; unless set, themselves.
  public var calibration = ProbabilityCalibration()
  /// Where the training images lie, so that unlike ones can be told; nil: not known.
  public var trainingSpread: TrainingSpread?
  /// Side of a pixel in nm of the images that the network was trained on, where it depends on that; finer images are binned first.
  public var pixelSize: Double?
  /// Value of the map from which on a pixel belongs to what is found: above 0 and below 1; nil: 0.5.
  public var threshold: Double?
  /// CRC-32 of the file that the model was read from, as eight hexadecimal digits; nil: made in memory.
  public internal(set) var checksum: String?

  /// A model with the standard normalisation and without calibration, training spread or pixel size.
  public init(kind: Kind, network: UNet, training: TrainingRecord, licence: String) {
    (self.kind, self.network, self.training, self.licence) = (kind, network, training, licence)
  }

  /// The maps of an image as it was read: normalised, then passed through the network. See `UNet.maps(of:tileSide:)`.
  public func maps(of image: Raster<Float>, tileSide: Int? = nil) throws -> UNetMaps {
    try network.maps(of: normalization.normalized(image), tileSide: tileSide)
  }

  /// How unlike the training images an image is, about 1 for one of them, and the distance within which nearly all images lie
  /// that the network was tested on; nil where the model does not know.
  public func unlikeness(of maps: UNetMaps) -> (distance: Double, limit: Double)? {
    trainingSpread.map { ($0.distance(of: maps.bottomMeans), $0.limit) }
  }

  /// Whether two models say the same of every image; which files they came from does not matter.
  public static func == (a: NetworkModel, b: NetworkModel) -> Bool {
    a.kind == b.kind && a.network == b.network && a.normalization == b.normalization && a.training == b.training
      && a.licence == b.licence && a.calibration == b.calibration && a.trainingSpread == b.trainingSpread
      && a.pixelSize == b.pixelSize && a.threshold == b.threshold
  }
}
