import Foundation
import TesseraFormats
import TesseraHDF5
import TesseraImaging
import TesseraLearning
import TesseraNetworks
import TesseraNumerics
import TesseraSegmentation

/// The file of a forest: see `ModelContainer`. Words of a tree: its number of nodes and of leaf shares (two words each), of each node the
/// feature (65535: a leaf), the threshold in single precision and the next node (two words each), and the shares in half precision.
extension DefectModel {
  private struct Description: Codable {
    var kind: String
    var features: ParticleFeatures
    var names: [String]
    var classes: [ParticleClass]
    var treeCount: Int
    var sharpness: Double
    var training: TrainingRecord
    var licence: String
  }

  /// The name under which messages know the forest that comes with the program.
  public static let shippedName = "defects.\(NetworkModel.fileExtension)"

  /// The forest that comes with the program, trained on simulated images (docs/particles.md).
  public static let shipped: DefectModel = {
    do {
      return try DefectModel(ModelContainer(bytes: ShippedModels.defects, name: shippedName), name: shippedName)
    } catch { preconditionFailure("\(error)") }
  }()

  /// Writes a model file, whole or not at all.
  public func write(to path: String, replacing: Bool = false) throws {
    let description = Description(
      kind: Self.kind, features: features, names: features.names, classes: classes, treeCount: forest.trees.count,
      sharpness: sharpness, training: training, licence: licence)
    var words: [UInt16] = []
    for tree in forest.trees {
      words.append(contentsOf: Self.words(UInt32(tree.nodes.count)) + Self.words(UInt32(tree.leaves.count)))
      for node in tree.nodes {
        words.append(node.feature < 0 ? .max : UInt16(node.feature))
        words += Self.words(node.threshold.bitPattern) + Self.words(UInt32(node.next))
      }
      words += tree.leaves.map { Float16($0).bitPattern }
    }
    let container = try ModelContainer(description: description, words: words)
    try AtomicOutput.file(at: path, replacing: replacing, contents: Data(container.bytes))
  }

  /// - Throws: `FormatError` for a file that is no model of defects, or damaged.
  public init(readFrom path: String) throws(FormatError) {
    try self.init(ModelContainer(readFrom: path), name: path)
  }

  init(_ container: ModelContainer, name: String) throws(FormatError) {
    let description = try container.decoded(as: Description.self, kind: Self.kind, name: name)
    let fault = FormatError(in: name, "holds trees that cannot be understood; write the model again")
    guard description.names == description.features.names, Set(description.classes).count == description.classes.count,
      !description.classes.isEmpty, (0.01...100).contains(description.sharpness),
      (1...10_000).contains(description.treeCount)
    else {
      throw FormatError(in: name, "describes other features or classes than this program knows; train the model again")
    }
    var position = 0
    func next(_ count: Int) throws(FormatError) -> ArraySlice<UInt16> {
      guard count >= 0, count <= container.words.count - position else { throw fault }
      position += count
      return container.words[position - count..<position]
    }
    func long() throws(FormatError) -> UInt32 {
      let pair = try next(2)
      return UInt32(pair.first!) | UInt32(pair.last!) << 16
    }
    var trees: [DecisionTree] = []
    for _ in 0..<description.treeCount {
      let (nodeCount, leafCount) = (Int(try long()), Int(try long()))
      guard nodeCount <= container.words.count / 5 else { throw fault }
      var nodes: [DecisionTree.Node] = []
      for _ in 0..<nodeCount {
        let feature = try next(1).first!
        let (threshold, following) = (Float(bitPattern: try long()), try long())
        guard following <= Int32.max else { throw fault }
        nodes.append(
          .init(feature: feature == .max ? -1 : Int32(feature), threshold: threshold, next: Int32(following)))
      }
      trees.append(
        DecisionTree(nodes: nodes, leaves: try next(leafCount).map { Float(Float16(bitPattern: $0)) }))
    }
    guard position == container.words.count else { throw fault }
    let forest: RandomForest
    do {
      forest = try RandomForest(
        classCount: description.classes.count, featureCount: description.names.count, trees: trees)
    } catch { throw FormatError(in: name, "holds trees that are not sound: \(error.description)") }
    self.init(
      forest: forest, features: description.features, classes: description.classes,
      sharpness: description.sharpness, training: description.training, licence: description.licence)
    checksum = container.checksum
  }

  private static func words(_ number: UInt32) -> [UInt16] {
    [UInt16(truncatingIfNeeded: number), UInt16(truncatingIfNeeded: number >> 16)]
  }
}
