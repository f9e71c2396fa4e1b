using AccuracyMonitor.Core.Sampling;
using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Sampling;

internal static class UniformShareOfModel
{
    extension(ModelState model)
    {
        /// <summary>Null: the sampler's uniform share stays as configured.</summary>
        public UniformShareChoice? UniformShare => model.FindPart<UniformShareChoice>();
    }
}
