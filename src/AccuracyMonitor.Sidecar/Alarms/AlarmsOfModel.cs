using AccuracyMonitor.Sidecar.Models;

namespace AccuracyMonitor.Sidecar.Alarms;

internal static class AlarmsOfModel
{
    extension(ModelState model)
    {
        public ModelAlarms Alarms => model.Part<ModelAlarms>();

        /// <summary>False while nothing vouches for the label-free number.</summary>
        public bool MonitorValid => model.Monitor.Proven && !model.Alarms.ValidityFiring;
    }
}
