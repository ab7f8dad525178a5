import TesseraStructure

/// How a class is divided: the routine of the first classes, on its members alone, with these features.
public struct TreeSplit: Sendable, Codable, Equatable {
  /// Nil: those of the first run.
  public var features: ZernikeDescriptor.Form?
  /// Angular orders |q| that are kept; nil: those of the first run.
  public var angularOrders: [Int]?
  /// Largest radial order p of the moments that are features, up to that of the first run; nil: that of the first run.
  public var maxOrder: Int?
  /// Side of the patches in pixels, odd, 5 to half the image; nil: that of the first run.
  public var patchSize: Int?
  /// The number of parts; nil: found.
  public var classes: Int?

  /// A split by the features of the first run but for what is given, into `classes` parts or as many as are found.
  public init(
    features: ZernikeDescriptor.Form? = nil, angularOrders: [Int]? = nil, maxOrder: Int? = nil, patchSize: Int? = nil,
    classes: Int? = nil
  ) {
    (self.features, self.angularOrders, self.maxOrder) = (features, angularOrders, maxOrder)
    (self.patchSize, self.classes) = (patchSize, classes)
  }

  /// The descriptor of the first run with what is changed.
  func descriptor(from first: ZernikeDescriptor) -> ZernikeDescriptor {
    var descriptor = first
    if let features { descriptor.form = features }
    if let angularOrders { descriptor.angularOrders = angularOrders }
    if let maxOrder { descriptor.maxOrder = maxOrder }
    return descriptor
  }
}
