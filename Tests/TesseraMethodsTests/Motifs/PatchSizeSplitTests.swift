import TesseraLearning
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import TesseraStructure
import TestSupport
import Testing

@Suite(.slow) struct `Patches of another size in a result` {
  private let folder = TemporaryFolder()

  private func result(side: Int?) throws -> MotifResult {
    var options = SimulationOptions()
    (options.width, options.height, options.seed) = (400, 400, 3)
    var method = MotifMethod()
    method.patchSize = side
    return try method.result(on: Simulation(specimen: "mose2", options: options).run().micrograph)
  }

  private func written(_ result: MotifResult) throws -> MotifFolder {
    try ResultFolder(result, input: "a.tif", hasReport: false).write(to: folder / "r")
    return try MotifFolder(path: folder / "r")
  }

  /// The folder holds the image, and of the background what lies under each column.
  @Test(arguments: [19, 45]) func `show what a run with that size sees`(side: Int) throws {
    let first = try written(try result(side: nil))
    #expect(first.moments.side != side)
    let (anew, direct) = (try first.description(side: side), try result(side: side))
    #expect(anew.moments.order == direct.moments.order && anew.moments.side == side)
    #expect(abs(anew.noise / direct.momentNoise - 1) < 1e-6)
    // A mean over the patch has the background of all of it, in the direct run.
    // The folder holds the image as far as the patches of its sites reach: smaller patches of the same sites lie in it.
    let known = anew.moments.existing
    #expect(known.count > 200 && Set(known).isSubset(of: direct.moments.existing))
    if side < first.moments.side {
      #expect(Set(known).isSuperset(of: first.moments.existing))
    } else {
      #expect(Double(known.count) > 0.8 * Double(direct.moments.existing.count))
    }
    let differences = known.flatMap { site in
      (0..<anew.moments.values.columns).map { Double(anew.moments.values[site, $0] - direct.moments.values[site, $0]) }
    }
    #expect(Statistics.mean(differences.map { $0 * $0 }).squareRoot() < direct.momentNoise)
  }

  @Test func `divide a class, and the same again from the recipe`() throws {
    let first = try written(try result(side: nil))
    let action = TreeAction.split("1", TreeSplit(patchSize: 19, classes: 2))
    let files = try Recipe(actions: [action]).carryOut(in: first)
    #expect(files.tree.leaves.map(\.number).prefix(2) == ["1.1", "1.2"])
    let again = try MotifFolder(path: folder / "r")
    #expect(again.recipe.actions == [action])
    #expect(try TreeMethod(again).tree(after: again.recipe.actions) == files.tree)
    // Patches of the first size divide it elsewhere.
    let plain = try TreeMethod(first).tree(after: [.split("1", TreeSplit(classes: 2))])
    #expect(plain.leaves.map(\.members) != files.tree.leaves.map(\.members))
    for side in [3, 20, 203, -1] {
      let message = try #require(#expect(throws: ParameterError.self) { try first.description(side: side) }).description
      #expect(message.contains("an odd number between 5 and half the image, 200 pixels") && message.contains("\(side)"))
    }
  }
}
