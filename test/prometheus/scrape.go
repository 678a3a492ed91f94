// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package prometheus

import (
	"errors"
	"fmt"
	"time"

	clientprometheus "github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/model"
	"github.com/prometheus/common/promslog"
	"github.com/prometheus/prometheus/config"
	"github.com/prometheus/prometheus/discovery"
	"github.com/prometheus/prometheus/discovery/targetgroup"
	"github.com/prometheus/prometheus/scrape"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb"
)

// A Server is the part of Prometheus that scrapes targets and stores what they answer.
type Server struct {
	database *tsdb.DB
	scrapes  *scrape.Manager
	done     chan error
}

// StartServer starts scraping the targets of a configuration file of Prometheus, of which static_configs are the only ones
// that it knows. The database is in the directory.
func StartServer(configuration, dir string) (*Server, error) {
	logger, registry := promslog.NewNopLogger(), clientprometheus.NewRegistry()
	parsed, err := config.Load(configuration, logger)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of Prometheus: %w", err)
	}
	s := &Server{done: make(chan error, 1)}
	if s.database, err = tsdb.Open(dir, logger, registry, tsdb.DefaultOptions(), nil); err != nil {
		return nil, fmt.Errorf("opening the database of Prometheus: %w", err)
	}
	options := &scrape.Options{DiscoveryReloadInterval: model.Duration(time.Second), DiscoveryReloadOnStartup: true}
	if s.scrapes, err = scrape.NewManager(options, logger, nil, nil, s.database, registry); err != nil {
		return nil, errors.Join(fmt.Errorf("starting Prometheus: %w", err), s.database.Close())
	}
	if err := s.scrapes.ApplyConfig(parsed); err != nil {
		return nil, errors.Join(fmt.Errorf("configuring Prometheus: %w", err), s.database.Close())
	}
	targets := make(chan map[string][]*targetgroup.Group, 1)
	targets <- staticTargets(parsed)
	go func() { s.done <- s.scrapes.Run(targets) }()
	return s, nil
}

// staticTargets returns the targets of each job.
func staticTargets(from *config.Config) map[string][]*targetgroup.Group {
	targets := map[string][]*targetgroup.Group{}
	for _, job := range from.ScrapeConfigs {
		for _, one := range job.ServiceDiscoveryConfigs {
			if static, ok := one.(discovery.StaticConfig); ok {
				targets[job.JobName] = append(targets[job.JobName], static...)
			}
		}
	}
	return targets
}

// Querier implements storage.Queryable.
func (s *Server) Querier(mint, maxt int64) (storage.Querier, error) {
	return s.database.Querier(mint, maxt)
}

// Stop stops scraping and closes the database.
func (s *Server) Stop() error {
	s.scrapes.Stop()
	return errors.Join(<-s.done, s.database.Close())
}
