using AccuracyMonitor.Scoring.Onnx;

namespace AccuracyMonitor.Scoring.Networks;

/// <summary>
/// The part of a monitor that ONNX Runtime runs: the matrix products of <see cref="MonitorGraph"/>. The features before them and the mean
/// after them are about sixty nodes on few numbers per row, and they took ONNX Runtime longer than the products. <see
/// cref="FeatureEncoding"/> and <see cref="MemberMean"/> compute them with a few vector operations.
/// </summary>
internal static class MemberGraph
{
    public const string Features = "features";
    public const string PredictedClass = "predicted_class";

    /// <summary>See <see cref="MemberMean"/>.</summary>
    public const string Units = "units";

    private const string Batch = "N";

    /// <summary>Number of input values per row: all features except the one-hot class, which is looked up.</summary>
    public static int Width(MonitorMetadata metadata) =>
        FeatureEncoding.Width(metadata.Encoding, metadata.ClassCount) - (ReadsTheClass(metadata) ? metadata.ClassCount : 0);

    public static bool ReadsTheClass(MonitorMetadata metadata) => metadata.Encoding == MonitorEncoding.SortedLogWithClass;

    public static OnnxModelBuilder Build(MonitorMetadata metadata, MonitorWeights weights)
    {
        var model = new OnnxModelBuilder("accuracy_monitor_members");
        var features = model.Input(Features, OnnxElementType.Float, Batch, Width(metadata));
        var predictedClass = ReadsTheClass(metadata) ? model.Input(PredictedClass, OnnxElementType.Int64, Batch) : string.Empty;
        var hidden = MonitorGraph.FirstLayer(model, metadata, weights, features, () => predictedClass);
        if (weights.Layers.Count == 2)
        {
            var last = weights.Layers[1];
            var outputWeights = model.Floats(MonitorGraph.WeightsName(1), last.Weights, last.Inputs, 1);
            MonitorGraph.MembersOfOneHiddenLayer(model, metadata, hidden, outputWeights, model.Floats(MonitorGraph.BiasName(1), last.Bias, 1), Units);
        }
        else
        {
            var units = MonitorGraph.KeptUnits(metadata, weights.Layers[1].Outputs);
            MonitorGraph.SecondLayers(model, metadata, weights, hidden, model.Integers("layer1_kept_units", units, units.Length), Units);
        }

        model.Output(Units, OnnxElementType.Float, Batch, MemberMean.UnitsOf(metadata));
        return model;
    }
}
