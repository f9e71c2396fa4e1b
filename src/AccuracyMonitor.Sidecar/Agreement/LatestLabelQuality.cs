using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Agreement;

/// <summary>The label quality of a model version as it was last read; replaced by reference.</summary>
internal sealed class LatestLabelQuality
{
    private volatile LabelQuality? _value;

    /// <summary>Null: not read yet.</summary>
    public LabelQuality? Value
    {
        get => _value;
        set => _value = value;
    }
}

internal static class LabelQualityOfModel
{
    extension(ModelState model)
    {
        public LatestLabelQuality LabelQuality => model.Part<LatestLabelQuality>();
    }
}
