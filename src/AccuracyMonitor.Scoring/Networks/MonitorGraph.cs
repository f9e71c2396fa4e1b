using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// The ONNX graph of a monitor. Input: probabilities [N,K]. Outputs: member scores [N,T], the logit of their mean [N] and their standard
/// deviation [N]. The file contains the dense weights and the masks. Everything that depends on constants only (standardisation and
/// calibration folded into the weights, and each member's masked copy of them) is written as nodes, which ONNX Runtime evaluates once when
/// it loads the file. This keeps the file small, and fine-tuning can read the weights back.
/// </summary>
internal static class MonitorGraph
{
    public const string Input = "probabilities";
    public const string Logit = "logit";
    public const string Disagreement = "disagreement";
    public const string MemberScores = "member_scores";

    public const string FeatureMean = "feature_mean";
    public const string FeatureScale = "feature_scale";

    /// <summary>Bound on a member's logit: e⁻⁶⁰ is a normal float32, so no mean can be rounded to 0 or 1 in both of the forms
    /// used.</summary>
    internal const float LogitBound = 60;

    private const string Batch = "N";

    public const string ConfidenceScale = "confidence_scale";

    public static string WeightsName(int layer) => $"layer{layer}_weights";

    public static string BiasName(int layer) => $"layer{layer}_bias";

    public static OnnxModelBuilder Build(MonitorMetadata metadata, MonitorWeights weights)
    {
        var model = new OnnxModelBuilder("accuracy_monitor");
        var probabilities = model.Input(Input, OnnxElementType.Float, Batch, metadata.ClassCount);
        var encoding = new EncodingGraph(model, metadata, probabilities);
        var hidden = FirstLayer(model, metadata, weights, encoding.Features(), encoding.PredictedClass);
        var outputLayer = weights.Layers[^1];
        var calibration = model.Floats("calibration_scale", [(float)metadata.CalibrationScale]);
        var outputWeights = model.Node("Mul", [model.Floats(WeightsName(weights.Layers.Count - 1), outputLayer.Weights, outputLayer.Inputs, 1), calibration]);
        var outputBias = model.Node("Add", [
            model.Node("Mul", [model.Floats(BiasName(weights.Layers.Count - 1), outputLayer.Bias, 1), calibration]),
            model.Floats("calibration_shift", [(float)metadata.CalibrationShift], 1)]);

        var logits = weights.Layers.Count == 2
            ? MembersOfOneHiddenLayer(model, metadata, hidden, outputWeights, outputBias)
            : MembersOfTwoHiddenLayers(model, metadata, weights, hidden, outputWeights, outputBias);
        if (metadata.Encoding != MonitorEncoding.RawSoftmax)
        {
            var scale = model.Node("Mul", [model.Floats(ConfidenceScale, [weights.ConfidenceScale]), calibration]);
            logits = model.Node("Add", [logits, model.Node("Mul", [encoding.ConfidenceLogit(), scale])]);
        }

        Outputs(model, metadata.Members, logits);
        return model;
    }

    // (x − mean)·scale·W + b = x·(scale·W) + (b − mean·(scale·W)): all but x is constant.
    internal static string FirstLayer(OnnxModelBuilder model, MonitorMetadata metadata, MonitorWeights weights, string features, Func<string> predictedClass)
    {
        var layer = weights.Layers[0];
        var scaled = model.Node("Mul", [
            model.Floats(FeatureScale, weights.FeatureScale, layer.Inputs, 1),
            model.Floats(WeightsName(0), layer.Weights, layer.Inputs, layer.Outputs)]);
        var shifted = model.Node("Sub", [
            model.Floats(BiasName(0), layer.Bias, layer.Outputs),
            model.Node("Squeeze", [
                model.Node("MatMul", [model.Floats(FeatureMean, weights.FeatureMean, 1, layer.Inputs), scaled]),
                model.Integers("first_axis", [0], 1)])]);
        if (metadata.Encoding != MonitorEncoding.SortedLogWithClass)
        {
            return model.Node("Relu", [model.Node("Gemm", [features, scaled, shifted])]);
        }

        // A one-hot vector times a matrix is one row of the matrix: a look-up costs the same for any number of classes.
        var classes = model.Integers("first_class_row", [layer.Inputs - metadata.ClassCount], 1);
        var numbers = model.Node("Slice", [scaled, model.Integers("first_row", [0], 1), classes]);
        var byClass = model.Node("Slice", [scaled, classes, model.Integers("after_last_row", [layer.Inputs], 1)]);
        var ofClass = model.Node("Gather", [byClass, predictedClass()]);
        return model.Node("Relu", [model.Node("Add", [model.Node("Gemm", [features, numbers, shifted]), ofClass])]);
    }

    internal static string MembersOfOneHiddenLayer(
        OnnxModelBuilder model, MonitorMetadata metadata, string hidden, string outputWeights, string outputBias, string? name = null)
    {
        string[] product =
            [hidden, model.Node("Mul", [outputWeights, Mask(model, metadata, layer: 0, metadata.HiddenWidths[0], metadata.Members)]), outputBias];
        return name is null ? model.Node("Gemm", product) : model.Node("Gemm", product, [name])[0];
    }

    private static string MembersOfTwoHiddenLayers(
        OnnxModelBuilder model, MonitorMetadata metadata, MonitorWeights weights, string hidden, string outputWeights, string outputBias)
    {
        var members = metadata.Members;
        var width = weights.Layers[1].Outputs;
        var kept = DropoutMask.KeptCount(width, metadata.DropoutRate);
        var keptUnits = model.Integers("layer1_kept_units", KeptUnits(metadata, width), members * kept);
        var second = SecondLayers(model, metadata, weights, hidden, keptUnits);
        var scaledOutput = model.Node("Mul", [outputWeights, model.Floats("layer1_scale", [DropoutMask.Scale(width, metadata.DropoutRate)])]);
        var memberOutput = model.Node("Reshape", [
            model.Node("Gather", [scaledOutput, keptUnits]), model.Integers("member_output", [members, kept], 2)]);
        var products = model.Node("Mul", [
            model.Node("Reshape", [second, model.Integers("by_member", [-1, members, kept], 3)]), memberOutput]);
        var sums = model.Node("ReduceSum", [products, model.Integers("last_axis", [2], 1)], OnnxAttribute.Int("keepdims", 0));
        return model.Node("Add", [sums, outputBias]);
    }

    /// <summary>The units of the last hidden layer that each member keeps, member by member.</summary>
    internal static long[] KeptUnits(MonitorMetadata metadata, int width) =>
        [.. Enumerable.Range(0, metadata.Members).SelectMany(t => DropoutMask.Kept(metadata.MaskSeed, t, 1, width, metadata.DropoutRate)).Select(u => (long)u)];

    // The members' second layers side by side, without dropped units: one product [N,H1]·[H1,T·kept]. Compared with a batched product that
    // also gathers the kept inputs, it is as fast at batches of 64 and more and three times as fast for a single row.
    internal static string SecondLayers(
        OnnxModelBuilder model, MonitorMetadata metadata, MonitorWeights weights, string hidden, string keptUnits, string? name = null)
    {
        var layer = weights.Layers[1];
        var members = metadata.Members;
        var kept = DropoutMask.KeptCount(layer.Outputs, metadata.DropoutRate);
        var columns = model.Node("Add", [
            keptUnits,
            model.Node("Reshape", [
                model.Node("Expand", [
                    model.Integers("member_offsets", [.. Enumerable.Range(0, members).Select(t => (long)t * layer.Outputs)], members, 1),
                    model.Integers("members_by_kept", [members, kept], 2)]),
                model.Integers("flat", [-1], 1)])]);
        var masked = model.Node("Mul", [
            model.Node("Unsqueeze", [model.Floats(WeightsName(1), layer.Weights, layer.Inputs, layer.Outputs), model.Integers("middle_axis", [1], 1)]),
            Mask(model, metadata, layer: 0, layer.Inputs, members, 1)]);
        var wide = model.Node("Reshape", [masked, model.Integers("wide", [layer.Inputs, (long)members * layer.Outputs], 2)]);
        var packed = model.Node("Gather", [wide, columns], OnnxAttribute.Int("axis", 1));
        var bias = model.Node("Gather", [model.Floats(BiasName(1), layer.Bias, layer.Outputs), keptUnits]);
        string[] sum = [model.Node("Gemm", [hidden, packed, bias])];
        return name is null ? model.Node("Relu", sum) : model.Node("Relu", sum, [name])[0];
    }

    /// <summary>A layer's masks as numbers: 0 or <see cref="DropoutMask.Scale"/>, row-major width×T.</summary>
    private static string Mask(OnnxModelBuilder model, MonitorMetadata metadata, int layer, int width, params long[] trailing)
    {
        var members = metadata.Members;
        var mask = new float[width * members];
        for (var t = 0; t < members; t++)
        {
            foreach (var unit in DropoutMask.Kept(metadata.MaskSeed, t, layer, width, metadata.DropoutRate))
            {
                mask[(unit * members) + t] = DropoutMask.Scale(width, metadata.DropoutRate);
            }
        }

        return model.Floats($"layer{layer}_mask", mask, [width, .. trailing]);
    }

    // Computes both σ(z) and σ(−z) from one exponential, so that each is precise where the other is close to 1. (ONNX Runtime's Sigmoid is
    // constant beyond ±18.)
    internal static void Outputs(OnnxModelBuilder model, int members, string logits)
    {
        var bounded = model.Node("Clip", [logits, model.Floats("logit_minimum", [-LogitBound]), model.Floats("logit_maximum", [LogitBound])]);
        var odds = model.Node("Exp", [model.Node("Neg", [bounded])]);
        var scores = model.Node("Reciprocal", [model.Node("Add", [odds, model.Floats("one", [1])])], [MemberScores])[0];
        var opposite = model.Node("Mul", [scores, odds]);
        var mean = model.Node("ReduceMean", [scores], OnnxAttribute.Ints("axes", 1), OnnxAttribute.Int("keepdims", 1));
        var oppositeMean = model.Node("ReduceMean", [opposite], OnnxAttribute.Ints("axes", 1), OnnxAttribute.Int("keepdims", 1));
        var axis = model.Integers("member_axis", [1], 1);
        model.Node("Squeeze", [model.Node("Sub", [model.Node("Log", [mean]), model.Node("Log", [oppositeMean])]), axis], [Logit]);
        var deviation = model.Node("Sub", [scores, mean]);
        var variance = model.Node("ReduceMean", [model.Node("Mul", [deviation, deviation])], OnnxAttribute.Ints("axes", 1), OnnxAttribute.Int("keepdims", 0));
        model.Node("Sqrt", [variance], [Disagreement]);
        model.Output(Logit, OnnxElementType.Float, Batch);
        model.Output(Disagreement, OnnxElementType.Float, Batch);
        model.Output(MemberScores, OnnxElementType.Float, Batch, members);
    }
}
