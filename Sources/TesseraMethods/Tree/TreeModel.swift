import TesseraFormats
import TesseraImaging
import TesseraLearning
import TesseraNumerics
import TesseraStructure

/// The classes of one image in a form that sorts others: the averages of their features and how these spread.
public struct TreeModel: Sendable, Codable, Equatable {
  /// One class of the model.
  public struct Class: Sendable, Codable, Equatable {
    /// Number of the class in the tree that it comes from, such as `2.1`.
    public var number: String
    /// Numbers of the classes that it is a part of, or that were merged into it; empty for a first class.
    public var parents: [String]
    /// Name of the class.
    public var name: String
    /// Whether most of its members are vacant nodes: columns are none of them, and vacant nodes are no columns. Nil in recipes of earlier
    /// versions, whose classes hold both.
    public var isVacant: Bool?
    /// Which of all colours and markers the class has, from 0, so that it looks alike in all images. Nil in recipes of earlier versions: by order.
    public var look: Int?
  }

  /// The classes with members, in the order of the groups of `discriminant`.
  public var classes: [Class]
  /// How the patches were described.
  public var descriptor: ZernikeDescriptor
  /// Side of the patches in pixels, odd.
  public var side: Int
  /// nm per pixel; nil where unknown.
  public var pixelSize: Double?
  /// Averages of the classes and the variances that they share, by which the sites of other images are sorted.
  public var discriminant: LinearDiscriminant

  /// The classes of a tree that have members.
  /// - Throws: `DataError` where there are none.
  init(_ folder: MotifFolder, _ tree: ClassTree) throws {
    descriptor = folder.settings.descriptor
    (side, pixelSize) = (folder.moments.side, folder.calibration?.nanometresPerPixelX)
    let features = descriptor.features(from: folder.moments)
    let leaves = tree.leaves.map { leaf in
      (leaf, leaf.members.filter { features.row($0).allSatisfy(\.isFinite) })
    }.filter { !$0.1.isEmpty }
    guard !leaves.isEmpty else {
      throw DataError("\(folder.path): no class has a member with a patch, so there is nothing to sort other images by")
    }
    let isVacant = try folder.places().isVacant
    classes = leaves.map { leaf, members in
      Class(
        number: leaf.number, parents: leaf.parents, name: leaf.name,
        isVacant: 2 * members.count { isVacant[$0] } > members.count, look: leaf.look)
    }
    discriminant = try LinearDiscriminant(
      features, groups: leaves.map(\.1), noise: descriptor.leastNoiseShare * folder.momentNoise)
  }

  /// More classes than these no person and no program makes.
  private static let looks = 0..<1_000_000

  /// The side of patches that show as much of the specimen in another image, odd; that of this image where a calibration is unknown.
  public func side(at calibration: Calibration?) -> Int {
    guard let pixelSize, let other = calibration?.nanometresPerPixelX else { return side }
    return max(5, Int(saturating: (Double(side) * pixelSize / other / 2).rounded(.down)) * 2 + 1)
  }

  /// Sorts the sites of another image.
  /// - Throws: `DataError` where its patches were described in another way.
  func sort(_ folder: MotifFolder, into tree: inout ClassTree) throws {
    let features = descriptor.features(from: folder.moments.turned(by: -turn(of: folder)))
    guard features.columns == discriminant.dimensions else {
      throw DataError(
        "\(folder.path): its patches give \(features.columns) features, the classes were learned with \(discriminant.dimensions); "
          + "patches of \(folder.moments.side) pixels are too small or the largest order differs")
    }
    // The patch of a vacant node may look like that of a full one; what stands at the node has been decided.
    let isVacant = classes.compactMap(\.isVacant)
    let found = discriminant.assignment(
      of: features, noise: descriptor.leastNoiseShare * folder.momentNoise,
      kinds: isVacant.count == classes.count ? (try folder.places().isVacant, isVacant) : nil)
    tree.restart(
      classes.map { ClassTree.Heading(number: $0.number, parents: $0.parents, name: $0.name, look: $0.look) },
      labels: found.labels,
      confidence: found.confidence)
  }

  /// Whether the parts of a model that was read fit one another.
  var isConsistent: Bool {
    classes.count == discriminant.count && discriminant.isConsistent && side >= 5 && side % 2 == 1
      && MotifFolder.patchSides ~= side
      && (try? descriptor.validate()) != nil && pixelSize.map { $0 > 0 && $0.isFinite } ?? true
      && Set(classes.map(\.number)).count == classes.count
      && classes.allSatisfy { !$0.number.isEmpty && !ClassTree.isNoNumber($0.number) && Self.looks ~= $0.look ?? 0 }
  }
}
