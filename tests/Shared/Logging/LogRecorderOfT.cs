using Microsoft.Extensions.Logging;

namespace AccuracyMonitor.Tests;

internal sealed class LogRecorder<T> : LogRecorder, ILogger<T>;
