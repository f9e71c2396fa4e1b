using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Adaptation;

internal static class AdaptationOfModel
{
    extension(ModelState model)
    {
        /// <summary>New labels since challengers were last tried, and the running trials.</summary>
        public AdaptationProgress Adaptation => model.Part<AdaptationProgress>();
    }
}
