import Foundation
import TesseraFormats
import TesseraMethods
import TesseraNumerics
import TesseraSimulation
import Testing

struct `Evaluations` {
  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = NSTemporaryDirectory() + "tessera-evaluation-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(folder + "/")
  }

  private func write(_ text: String, _ path: String) throws {
    try text.write(toFile: path, atomically: true, encoding: .utf8)
  }

  @Test func `leave nodes without a column out unless asked`() throws {
    try inFolder { folder in
      try write("x,y,kind\n0,0,column\n10,0,vacant\n20,0,column\n", folder + "truth.csv")
      try write("Peak#,X,Y\n1,0,0\n2,20,1\n", folder + "found.csv")
      var evaluation = Evaluation()
      let scores = try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")
      #expect(scores["f1"] == 1 && scores["n_truth"] == 2 && scores["tolerance_px"] == 10)
      evaluation.countsVacant = true
      #expect(try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")["recall"] == 2.0 / 3)
    }
  }

  @Test func `score columns outside the image only where the truth has them`() throws {
    try inFolder { folder in
      try write("x,y,kind\n0,0,column\n20,0,column\n-2,20,outside\n-2,40,outside\n", folder + "found.csv")
      try write("x,y\n0,0\n20,0\n-1,20\n", folder + "labels.csv")
      try write("x,y\n0,0\n20,0\n", folder + "truth.csv")
      let labelled = try Evaluation().scores(of: folder + "found.csv", truth: folder + "labels.csv")
      #expect(labelled["f1"] == 1 && labelled["n_predicted"] == 3)
      let simulated = try Evaluation().scores(of: folder + "found.csv", truth: folder + "truth.csv")
      #expect(simulated["f1"] == 1 && simulated["n_predicted"] == 2)
    }
  }

  @Test func `say where no true site was there to be found`() throws {
    try inFolder { folder in
      try write("x,y\n0,0\n10,0\n", folder + "truth.csv")
      var evaluation = Evaluation()
      #expect(try evaluation.scores(of: folder + "truth.csv", truth: folder + "truth.csv").warnings.isEmpty)
      evaluation.region = .init(x: 50, y: 50, width: 9, height: 9)
      let scores = try evaluation.scores(of: folder + "truth.csv", truth: folder + "truth.csv")
      #expect(scores["f1"] == 1 && scores.warnings.count == 1 && scores.warnings[0].contains("nothing was scored"))
    }
  }

  @Test func `let optional elements go unseen, and do not mind if they are seen`() throws {
    try inFolder { folder in
      try write("x,y,element\n0,0,Sr\n10,0,O\n20,0,Sr\n30,0,O\n", folder + "truth.csv")
      try write("x,y\n0,1\n10,1\n20,1\n50,50\n", folder + "found.csv")
      var evaluation = Evaluation()
      #expect(try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")["recall"] == 0.75)
      evaluation.optionalElements = ["O"]
      let scores = try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")
      #expect(scores["recall"] == 1 && scores["precision"] == 2.0 / 3 && scores["n_truth"] == 2)
      try write("x,y\n0,0\n", folder + "bare.csv")
      #expect(throws: DataError.self) {
        try evaluation.scores(of: folder + "found.csv", truth: folder + "bare.csv")
      }
    }
  }

  @Test func `count what lies in a region, and what matches it`() throws {
    try inFolder { folder in
      try write("x,y\n0,0\n10,0\n20,0\n40,0\n", folder + "truth.csv")
      // Right though just outside, right, of a site outside, false inside, false outside.
      try write("x,y\n-1,0\n21,0\n39,0\n10,30\n70,0\n", folder + "found.csv")
      var evaluation = Evaluation()
      evaluation.tolerance = 5
      evaluation.region = Evaluation.Region(x: -0.5, y: -0.5, width: 30, height: 40)
      let scores = try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")
      #expect(scores["n_truth"] == 3 && scores["n_predicted"] == 3)
      #expect(scores["recall"] == 2.0 / 3 && scores["precision"] == 2.0 / 3)
      evaluation.subject = .labels
      #expect(throws: ParameterError.self) {
        try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")
      }
    }
  }

  @Test func `match labels by place, or by order`() throws {
    try inFolder { folder in
      try write("x,y,environment\n0,0,Mo\n10,0,Se2\n20,0,Mo\n30,0,Se2\n", folder + "truth.csv")
      try write("class,x,y\n7,30,0\n7,10,1\n3,0,0\n,20,0\n", folder + "found.csv")
      var evaluation = Evaluation()
      evaluation.subject = .labels
      let placed = try evaluation.scores(of: folder + "found.csv", truth: folder + "truth.csv")
      // The row without a class takes no part.
      #expect(placed["ami"] == 1 && placed["accuracy"] == 1 && placed["n_matched"] == 3)
      try write("label\na\nb\nb\nb\n", folder + "plain.csv")
      try write("label\nu\nu\nv\nv\n", folder + "plain-truth.csv")
      let ordered = try evaluation.scores(of: folder + "plain.csv", truth: folder + "plain-truth.csv")
      #expect(ordered["accuracy"] == 0.75)
      try write("label\na\n", folder + "short.csv")
      #expect(throws: DataError.self) {
        try evaluation.scores(of: folder + "short.csv", truth: folder + "plain-truth.csv")
      }
      #expect(throws: FormatError.self) {
        try evaluation.scores(of: folder + "absent.csv", truth: folder + "plain-truth.csv")
      }
    }
  }

  @Test func `tell masks from label maps, and pool the pixels of masks`() throws {
    try inFolder { folder in
      func image(_ values: [Float], _ name: String) throws -> String {
        try NPYWriter.write(values, shape: [2, values.count / 2], to: folder + name)
        return folder + name
      }
      let evaluation = Evaluation()
      let first = try evaluation.scores(of: image([0, 1, 1, 0], "a.npy"), truth: image([0, 1, 0, 0], "b.npy"))
      let second = try evaluation.scores(of: image([1, 1, 1, 1], "c.npy"), truth: image([1, 1, 1, 0], "d.npy"))
      #expect(first.subject == .mask && first["precision"] == 0.5)
      #expect(Scores(pooling: [first, second])?["iou"] == 4.0 / 6)
      let maps = try evaluation.scores(of: image([1, 1, 2, 2], "e.npy"), truth: image([2, 2, 1, 1], "f.npy"))
      #expect(maps.subject == .labels && maps["ami"] == 1)
      #expect(Scores(pooling: [first, maps]) == nil)
      #expect(throws: DataError.self) {
        try evaluation.scores(of: folder + "a.npy", truth: image([0, 1, 0, 1, 1, 1], "g.npy"))
      }
    }
  }

  @Test func `say what is no mask, and where no object counts`() throws {
    try inFolder { folder in
      func image(_ values: [Float], _ name: String) throws -> String {
        try NPYWriter.write(values, shape: [3, values.count / 3], to: folder + name)
        return folder + name
      }
      let labels = try image([0, 1, 2, 0, 1, 2, 0, 1, 2], "a.npy")
      let mask = try image([0, 1, 1, 0, 1, 1, 0, 1, 1], "b.npy")
      var evaluation = Evaluation()
      evaluation.subject = .mask
      #expect(throws: DataError.self) { try evaluation.scores(of: labels, truth: mask) }
      #expect(throws: DataError.self) { try evaluation.scores(of: mask, truth: labels) }
      #expect(try evaluation.scores(of: mask, truth: mask).warnings.isEmpty)
      evaluation.subject = .instances
      #expect(try evaluation.scores(of: labels, truth: labels).warnings.count == 1)
      let inside = try image([0, 0, 0, 0, 1, 0, 0, 0, 0], "c.npy")
      #expect(try evaluation.scores(of: inside, truth: inside).warnings.isEmpty)
      // Unknown pixels are wrong.
      let unknown = try image([0, 0, 0, 1, 1, 1, 2, 2, 2], "d.npy")
      let truth = try image([3, 3, 3, 1, 1, 1, 2, 2, 2], "e.npy")
      #expect(try Evaluation().scores(of: unknown, truth: truth)["accuracy"] == 6 / 9.0)
    }
  }

  @Test func `of a simulation's files against themselves are perfect`() throws {
    try inFolder { folder in
      var options = SimulationOptions()
      (options.width, options.height) = (200, 150)
      let result = try Simulation(specimen: "grains", options: options).run()
      let names = try SimulationFiles(image: folder + "g.tif").write(result)
      #expect(names.map { $0.dropFirst(folder.count) } == ["g.tif", "g.sites.csv", "g.truth.json", "g.labels.tif"])
      #expect(try ImageFile.open(path: names[0]).read().pixels == result.micrograph.pixels)
      let size = try ImageFile.open(path: names[0]).read().calibration?.nanometresPerPixelX
      #expect(abs((size ?? 0) / 0.0137 - 1) < 1e-6)  // TIFF stores the scale in single precision.
      #expect(try Evaluation().scores(of: names[1], truth: names[1])["f1"] == 1)
      #expect(try Evaluation().scores(of: names[3], truth: names[3])["accuracy"] == 1)
      #expect(throws: FormatError.self) { try SimulationFiles(image: folder + "g.tif").check() }
      #expect(throws: FormatError.self) { try SimulationFiles(image: folder + "g.jpeg").check() }
    }
  }

  @Test func `of strained and motif specimens find all planes and patches`() throws {
    try inFolder { folder in
      var options = SimulationOptions()
      (options.width, options.height) = (64, 48)
      let strained = try Simulation(specimen: "strained", options: options).run()
      let names = try SimulationFiles(image: folder + "s.tif").write(strained)
      let planes = try ImageFile.open(path: names[3])
      #expect(planes.datasets[0].shape == [4, 48, 64])
      #expect(try planes.read(frame: 3).pixels == strained.scene.strain?.rotation)
      options = SimulationOptions()
      options.motifs = MotifPatches()
      (options.motifs!.firstCount, options.motifs!.secondCount) = (2, 1)
      let motifs = try Simulation(specimen: "motifs", options: options).run()
      let patches = try SimulationFiles(image: folder + "m.npy").write(motifs)[3]
      #expect(try ImageFile.open(path: patches).datasets[0].shape == [3, 128, 128])
    }
  }
}
