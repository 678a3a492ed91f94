// Copyright 2026 The LLM Operator Authors
// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/redis/go-redis/v9"
)

// accounts are people and their sessions. As with the original, people are in the database, a session is a
// token that is signed with the key of all instances, and Redis has the sessions that were ended, so that
// without it nothing ends them.
//
// Source: open-webui/open-webui, backend/open_webui/utils/auth.py and routers/auths.py.
type accounts struct {
	db    *pgxpool.Pool
	redis *redis.Client // or nil
	key   []byte
}

// tokenDuration is how long Redis remembers a token that is not valid any more.
const tokenDuration = time.Hour

func (a *accounts) register(mux *http.ServeMux) {
	mux.HandleFunc("POST /api/v1/auths/signup", a.signUp)
	mux.HandleFunc("POST /api/v1/auths/signin", a.signIn)
	mux.HandleFunc("GET /api/v1/auths/signout", a.signOut)
	mux.HandleFunc("GET /api/v1/auths/{$}", func(w http.ResponseWriter, r *http.Request) {
		if email, _ := a.session(w, r); email != "" {
			_ = json.NewEncoder(w).Encode(map[string]string{"email": email}) // the client has gone
		}
	})
}

// credentials are what people sign up and in with.
type credentials struct{ Email, Password string }

func readCredentials(r *http.Request) (c credentials, err error) {
	if err := json.NewDecoder(http.MaxBytesReader(nil, r.Body, 1<<16)).Decode(&c); err != nil {
		return c, err
	}
	hash := sha256.Sum256([]byte(c.Password))
	c.Password = hex.EncodeToString(hash[:])
	return c, nil
}

func (a *accounts) signUp(w http.ResponseWriter, r *http.Request) {
	c, err := readCredentials(r)
	if err == nil {
		_, err = a.db.Exec(r.Context(), `INSERT INTO "user" (email, password) VALUES ($1, $2)`, c.Email, c.Password)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintln(w, a.token(c.Email))
}

func (a *accounts) signIn(w http.ResponseWriter, r *http.Request) {
	c, err := readCredentials(r)
	if err == nil {
		var password string
		err = a.db.QueryRow(r.Context(), `SELECT password FROM "user" WHERE email = $1`, c.Email).Scan(&password)
		if err == nil && password != c.Password {
			err = errors.New("the password is wrong")
		}
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	fmt.Fprintln(w, a.token(c.Email))
}

// token returns a new token of a person.
func (a *accounts) token(email string) string {
	payload := base64.RawURLEncoding.EncodeToString([]byte(email)) + "." + rand.Text()
	return payload + "." + a.signature(payload)
}

func (a *accounts) signature(payload string) string {
	mac := hmac.New(sha256.New, a.key)
	mac.Write([]byte(payload))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// session returns whose token a request has, and the token's name. If it has no valid one, it answers.
func (a *accounts) session(w http.ResponseWriter, r *http.Request) (email, name string) {
	email, name, err := a.verify(r.Context(), strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	if err != nil {
		http.Error(w, err.Error(), http.StatusUnauthorized)
		return "", ""
	}
	return email, name
}

func (a *accounts) verify(ctx context.Context, token string) (email, name string, err error) {
	end := strings.LastIndex(token, ".")
	if end < 0 || !hmac.Equal([]byte(token[end+1:]), []byte(a.signature(token[:end]))) {
		return "", "", errors.New("the token has another key")
	}
	encoded, name, _ := strings.Cut(token[:end], ".")
	decoded, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return "", "", err
	}
	err = a.db.QueryRow(ctx, `SELECT email FROM "user" WHERE email = $1`, string(decoded)).Scan(&email)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", "", errors.New("the account does not exist")
	}
	if err != nil || a.redis == nil {
		return email, name, err
	}
	revoked, err := a.redis.Exists(ctx, revokedKey(name)).Result()
	if err == nil && revoked > 0 {
		err = errors.New("the session has ended")
	}
	return email, name, err
}

func (a *accounts) signOut(w http.ResponseWriter, r *http.Request) {
	email, name := a.session(w, r)
	if email == "" || a.redis == nil {
		return
	}
	if err := a.redis.Set(r.Context(), revokedKey(name), "1", tokenDuration).Err(); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}
