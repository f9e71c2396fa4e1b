return await AccuracyMonitor.Sidecar.Composition.SidecarHost.RunAsync(args);
